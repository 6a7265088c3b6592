-- What other services must learn, stored by the transaction that made it true, removed once the event log has it.
create table outbox (
  -- Rises within a quiz in the order of its transactions: they hold the quiz's lock.
  id bigint generated always as identity primary key,
  topic text not null,
  key text not null,
  quiz_id text not null,
  value text not null,
  stored_at timestamptz not null
)
