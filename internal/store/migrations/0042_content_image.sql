-- +goose Up

-- The images of an item are fields of it, as its keywords are: part of each version, and of what is published.
alter table content add column images text not null default '[]';
alter table content_version add column images text not null default '[]';
alter table publication add column images text not null default '[]';

-- Which items need an image: in their present version, or in what is published of them.
create table content_image (
  workspace_id bigint not null references workspace(id),
  content_id bigint not null references content(id),
  image_id bigint not null references image(id),
  public boolean not null,
  primary key (content_id, image_id, public)
);
create index content_image_image on content_image (image_id, content_id);

-- The step of an execution that a generation belongs to; 0: a caller asked for it.
alter table image_generation add column execution_id bigint not null default 0;
alter table image_generation add column step text not null default '';
create index image_generation_step on image_generation (execution_id, step) where execution_id > 0;

-- What was uploaded to a channel for an item, so that the same bytes are not uploaded twice.
create table channel_upload (
  workspace_id bigint not null references workspace(id),
  channel_id bigint not null references channel(id),
  content_id bigint not null,
  sum text not null,
  external_id text not null,
  url text not null,
  at bigint not null,
  primary key (channel_id, content_id, sum)
);

-- +goose Down
select 1;
