-- +goose Up

-- Chats. The messages of a chat are a tree: an answer that is asked for again and a question
-- that is edited stand beside the one that was there. active_id is the last message of the
-- path that readers see; title_by says who wrote the title: start, model or person.
create table conversation (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  title text not null,
  title_by text not null,
  search text not null,
  template_id integer not null,
  voice_id integer not null,
  active_id integer not null,
  created_by text not null,
  created_by_kind text not null,
  created_by_id integer not null,
  created_at integer not null,
  updated_at integer not null,
  revision integer not null
);
create index conversation_own on conversation (workspace_id, created_by_kind, created_by_id, updated_at);

-- next_id is the message after this one on the path that was last seen through it. The text
-- of an answer is the generated text message_id, which a question does not have.
create table chat_message (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  conversation_id integer not null references conversation(id),
  parent_id integer not null,
  next_id integer not null,
  role text not null,
  body text not null,
  message_id integer not null,
  citations text not null,
  left_out integer not null,
  created_at integer not null
);
create index chat_message_conversation on chat_message (conversation_id, id);
create index chat_message_text on chat_message (message_id) where message_id > 0;

-- The chat templates of workspaces. Those that ship with the program have the ids up to 1000.
create table chat_template (
  id integer primary key autoincrement,
  workspace_id integer not null references workspace(id),
  slug text not null,
  name text not null,
  short_name text not null,
  description text not null,
  role text not null,
  human_name text not null,
  helps_with text not null,
  color text not null,
  instructions text not null,
  version integer not null,
  created_at integer not null,
  updated_at integer not null,
  unique (workspace_id, slug)
);
insert into sqlite_sequence (name, seq) values ('chat_template', 1000);

-- +goose Down
select 1;
