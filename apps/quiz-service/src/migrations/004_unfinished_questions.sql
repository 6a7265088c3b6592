-- The few questions that somebody must close.
create index quiz_questions_unfinished on quiz_questions (deadline) where state in ('open', 'closing')
