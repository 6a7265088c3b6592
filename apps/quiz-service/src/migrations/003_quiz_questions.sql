-- A quiz's own copy of its deck's questions.
create table quiz_questions (
  quiz_id text not null references quizzes on delete cascade,
  position int not null check (position > 0),
  question_id text not null,
  question json not null,
  state text not null default 'waiting' check (state in ('waiting', 'open', 'closing', 'closed')),
  opened_at timestamptz,
  -- Null: no limit, or not opened.
  deadline timestamptz,
  primary key (quiz_id, position),
  unique (quiz_id, question_id),
  check ((state = 'waiting') = (opened_at is null))
)
