-- What was judged kept on a person's word, and on the word of who answered for it themselves. Rows made before are made anew, since the
-- fold's version is raised with this.
alter table promise add column by_hand bigint not null default 0;
alter table promise add column own_hand bigint not null default 0;
drop index promise_figures;
create index promise_figures on promise (counts_at, kind, owner, giver, by_first_due, disputed, amended, told_first, told_at, chasers, needless, warned, withdrawn, by_hand, own_hand, made_at, first_due, customer, id);
