-- Columns that figures are counted by, and indexes that hold all of them: no figure reads the state of a promise. Rows made before are
-- made anew, since the fold's version is raised with this. counts_at: the moment whose period a promise counts in.
alter table promise add column giver text;
alter table promise add column withdrawn bigint not null default 0;
alter table promise add column counts_at bigint;
drop index promise_first_due;
create index promise_figures on promise (counts_at, kind, owner, giver, by_first_due, disputed, amended, told_first, told_at, chasers, needless, warned, withdrawn, made_at, first_due, customer, id);
drop index parcel_promise;
create index parcel_promise on parcel (promise, carrier);
