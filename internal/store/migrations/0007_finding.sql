-- +goose Up

-- What an item's text may rest on, as JSON, and whether a person wrote or changed it.
alter table content add column support text not null default '{}';
alter table content add column edited boolean not null default false;
update content set edited = true where exists (
  select 1 from content_version v
  where v.content_id = content.id and v.n = content.version and v.author_kind <> 'system');

-- A version keeps what is known to be wrong with it, so that restoring it loses nothing.
alter table content_version add column findings text not null default '[]';
update content_version set findings = coalesce(
  (select c.findings from content c where c.id = content_version.content_id and c.version = content_version.n), '[]');

-- The history also says who accepted which finding, and why.
alter table move add column kind text not null default 'moved';
alter table move add column finding text not null default '';
alter table move add column reason text not null default '';

-- +goose Down
select 1;
