-- One-time codes of host links, by their digests: any replica redeems what another one made.
create table login_codes (
  digest text primary key,
  expires_at timestamptz not null
)
