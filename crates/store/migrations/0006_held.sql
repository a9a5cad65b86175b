-- Since when money is held that is to be paid back: figures count for how long.
alter table promise add column held_since bigint;
create index promise_held on promise (counts_at, held_since, ended_at, kind) where held_since is not null;
