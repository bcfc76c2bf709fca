-- +goose Up

-- A publication is a snapshot: what is public is what was published.
alter table publication add column summary text not null default '';
alter table publication add column meta_title text not null default '';
alter table publication add column meta_description text not null default '';
alter table publication add column language text not null default '';
alter table publication add column keywords text not null default '[]';
alter table publication add column engine text not null default '';
alter table publication add column first_at bigint not null default 0;
-- The text as HTML, from the first time that it was rendered.
alter table publication add column rendered boolean not null default false;
alter table publication add column html text not null default '';

update publication set
  meta_title = (select c.meta_title from content c where c.id = publication.content_id),
  meta_description = (select c.meta_description from content c where c.id = publication.content_id),
  language = (select c.language from content c where c.id = publication.content_id),
  keywords = (select c.keywords from content c where c.id = publication.content_id),
  engine = (select c.engine from content c where c.id = publication.content_id),
  first_at = at;

drop index publication_feed;
create index publication_feed on publication (workspace_id, channel, status, first_at, content_id);

-- Every address that an item has been published at leads to the item for as long as
-- it exists, and no other item gets it.
create table published_slug (
  workspace_id bigint not null references workspace(id),
  slug text not null,
  content_id bigint not null references content(id),
  at bigint not null,
  primary key (workspace_id, slug)
);
create index published_slug_content on published_slug (content_id);

insert into published_slug (workspace_id, slug, content_id, at)
  select workspace_id, slug, content_id, min(at) from publication group by workspace_id, slug, content_id;

-- +goose Down
select 1;
