-- Corrected keys. Those that are not done are for the answer-services still to take up.
create table regrades (
  quiz_id text not null references quizzes on delete cascade,
  -- Of the quiz, from 1.
  revision int not null check (revision > 0),
  question_id text not null,
  answer text not null,
  accept json not null,
  made_at timestamptz not null,
  done_at timestamptz,
  -- To the question, when it was done; and those that got another verdict.
  answers int not null default 0,
  changed int not null default 0,
  primary key (quiz_id, revision)
);
create index regrades_pending on regrades (made_at) where done_at is null
