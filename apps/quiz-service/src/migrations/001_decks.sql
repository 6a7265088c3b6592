-- Decks: reusable content. `questions` is the contract's list of Question, kept as it was written (json, not jsonb).
create table decks (
  deck_id text primary key,
  -- The order of making; pages follow it.
  ordinal bigint generated always as identity unique,
  title text not null,
  questions json not null,
  question_count int not null check (question_count > 0),
  created_at timestamptz not null,
  updated_at timestamptz not null
)
