-- +goose Up

-- A version keeps every field that readers see. What is older keeps title and body
-- alone, save the present one, whose fields are known.
alter table content_version add column whole boolean not null default false;
alter table content_version add column meta_title text not null default '';
alter table content_version add column meta_description text not null default '';
alter table content_version add column keywords text not null default '[]';
alter table content_version add column slug text not null default '';
alter table content_version add column language text not null default '';
alter table content_version add column channel text not null default '';

update content_version set whole = true,
  meta_title = (select c.meta_title from content c where c.id = content_version.content_id),
  meta_description = (select c.meta_description from content c where c.id = content_version.content_id),
  keywords = (select c.keywords from content c where c.id = content_version.content_id),
  slug = (select c.slug from content c where c.id = content_version.content_id),
  language = (select c.language from content c where c.id = content_version.content_id),
  channel = (select c.channel from content c where c.id = content_version.content_id)
where n = (select c.version from content c where c.id = content_version.content_id);

-- +goose Down
select 1;
