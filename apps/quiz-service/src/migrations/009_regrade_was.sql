-- The key before; null: of a regrade that an older version made.
alter table regrades add column was json
