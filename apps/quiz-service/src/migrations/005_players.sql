create table players (
  quiz_id text not null references quizzes on delete cascade,
  user_id text not null,
  -- NFC; two that differ in any byte are two names.
  name text not null,
  join_id text,
  joined_at timestamptz not null,
  primary key (quiz_id, user_id),
  constraint players_name unique (quiz_id, name),
  constraint players_join_id unique (quiz_id, join_id)
)
