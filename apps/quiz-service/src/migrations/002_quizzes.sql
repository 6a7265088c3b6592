-- Quizzes: one run of a deck each. No reference to the deck, which may change or go.
create table quizzes (
  -- Upper case.
  quiz_id text primary key,
  ordinal bigint generated always as identity unique,
  deck_id text not null,
  title text not null,
  mode text not null check (mode in ('live', 'self_paced')),
  scoring text not null check (scoring in ('accuracy', 'speed', 'streak')),
  feedback text not null check (feedback in ('instant', 'reveal')),
  reanswer text not null check (reanswer in ('allowed', 'never')),
  question_count int not null check (question_count > 0),
  state text not null check (state in ('draft', 'open', 'running', 'closed')),
  -- Of the current question, from 1; null before the start.
  position int check (position between 1 and question_count),
  -- Rises by 1 with every change of state, of the quiz's or of its current question's.
  revision int not null,
  -- How many rows `players` has of it.
  players int not null default 0 check (players >= 0),
  created_at timestamptz not null,
  closed_at timestamptz,
  check ((state = 'closed') = (closed_at is not null))
)
