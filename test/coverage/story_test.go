package coverage_test

import "vellocity/internal/extension/aws/awstest"

// step is one call of a story. The first call of each operation is made wrong in
// every way before it is made right.
type step struct {
	op string
	// with are the parameters of path and query: "id=item n=1". A value that an earlier
	// step has kept is meant by its name, any other value is itself.
	with string
	// body is JSON, in which $item stands for a value that was kept. Empty: the example of
	// the document, where the operation takes a body.
	body string
	keep string // "item=data.id name=data.0.name": values of the answer for later steps
	want int    // the status; 0: the documented success
	wait bool   // for the end of what the call starts
	// stream asks for a stream, and restless for a column that somebody else keeps changing
	// meanwhile: table.column.
	stream   bool
	restless string
	// later says that what is kept is there only after a while, which the step waits for.
	later  bool
	before string // a statement of SQL that brings about what nothing from outside can at once
}

// awsRole is a role that trusts anyone who names an external id.
const awsRole = "arn:aws:iam::" + awstest.Partner + ":role/vellocity"

// story is what a team does with the product in a day. It covers every operation: add a
// line for a new one where it fits. What has a name of its own is deleted in the end: the
// story is played twice on the same database, over REST and with tools.
//
//nolint:gochecknoglobals // a table
var story = []step{
	{op: "get_openapi"},
	{op: "get_mcp_schema"},
	{op: "get_profile"},
	{op: "update_profile"},

	// Voices, agents, keys.
	{op: "list_brand_voices", keep: "default=data.0.id"},
	{op: "create_brand_voice", keep: "voice=data.id"},
	{op: "get_brand_voice", with: "id=voice"},
	{op: "edit_brand_voice", with: "id=voice"},
	{op: "edit_brand_voice", with: "id=voice", body: `{"audience":"Gardeners"}`, want: 409, restless: "voice.version"},
	{op: "list_brand_voice_versions", with: "id=voice"},
	{op: "delete_brand_voice", with: "id=default", want: 409},
	{op: "list_agents", keep: "writer=data.0.id"},
	{op: "create_agent", keep: "agent=data.id"},
	{op: "get_agent", with: "id=agent"},
	{op: "edit_agent", with: "id=agent"},
	{op: "edit_agent", with: "id=agent", body: `{"is_active":true}`, want: 409, restless: "agent.version"},
	{op: "delete_agent", with: "id=writer", want: 409},
	{
		op: "create_agent", keep: "outside=data.id",
		body: `{"name":"Far writer","type":"external","url":"https://agent.invalid/write","capabilities":["generate-blog-post"]}`,
	},
	{op: "test_agent", with: "id=outside"},
	{op: "test_agent", with: "id=writer", want: 409},
	{op: "rotate_agent_secret", with: "id=outside"},
	{op: "rotate_agent_secret", with: "id=writer", want: 409},
	{op: "delete_agent", with: "id=outside"},
	{op: "create_api_key", keep: "key=data.id"},
	{op: "list_api_keys"},
	{op: "rotate_api_key", with: "id=key"},
	{op: "revoke_api_key", with: "id=key"},
	{op: "rotate_api_key", with: "id=key", want: 409},

	// A post is written.
	{op: "list_capabilities"},
	{op: "get_capability", with: "slug=generate-blog-post"},
	{op: "plan_capability", with: "slug=generate-blog-post"},
	{
		op: "execute_capability", with: "slug=generate-blog-post", keep: "post=data.id", wait: true,
		body: `{"settings":{"topic":"Winter in the garden","key_points":["Mulch the beds"]},"notify_on_complete":true}`,
	},
	{op: "list_executions"},
	{op: "get_execution", with: "id=post", wait: true},
	{op: "get_execution_assets", with: "id=post", keep: "item=data.content_items.0.id"},
	{op: "watch_execution", with: "id=post"},
	{op: "cancel_execution", with: "id=post", want: 409},
	{op: "retry_execution", with: "id=post", want: 409},
	{op: "redo_step", with: "id=post key=outline", body: `{}`, keep: "redone=data.id"},
	{op: "compare_executions", with: "id=post with=redone"},
	{op: "archive_execution", with: "id=post"},
	{op: "redo_step", with: "id=post key=outline", body: `{}`, want: 409},

	// Another one is written by hand, read and discussed.
	{op: "get_kanban_board"},
	{op: "list_content"},
	{op: "search_passages", with: "q=greenhouse"},

	// What the company knows.
	{op: "create_source", keep: "source=data.id"},
	{op: "list_sources"},
	{op: "get_source", with: "id=source"},
	{op: "edit_source", with: "id=source"},
	{op: "edit_source", with: "id=source", body: `{"title":"Other"}`, want: 409, restless: "source.revision"},
	{op: "refresh_source", with: "id=source", want: 409},
	{op: "create_source", body: `{"url":"$page"}`, keep: "read=data.id"},
	{op: "create_source", body: `{"url":"$page"}`, want: 409},
	{op: "refresh_source", with: "id=read"},
	{op: "delete_source", with: "id=read"},
	{op: "delete_source", with: "id=source"},
	{
		op: "create_content_item", keep: "own=data.id",
		body: `{"title":"The greenhouse","content_type":"blog_post","body":"Call us: +49 30 1234567."}`,
	},
	{op: "get_content_item", with: "id=own"},
	{op: "edit_content_item", with: "id=own", body: `{"title":"The cold greenhouse","slug":"greenhouse-$own"}`},
	{op: "edit_content_item", with: "id=item", body: `{"slug":"greenhouse-$own"}`, want: 409},
	{op: "list_content_findings", with: "id=own", keep: "finding=data.0.id"},
	{op: "accept_content_finding", with: "id=own finding=finding"},
	{op: "withdraw_content_finding", with: "id=own finding=finding"},
	{op: "withdraw_content_finding", with: "id=own finding=finding", want: 409, restless: "content.revision"},
	{op: "get_content_support", with: "id=own"},
	{op: "set_content_support", with: "id=own"},
	{op: "set_content_support", with: "id=own", body: `{"facts":["It is cold."]}`, want: 409,
		restless: "content.revision"},
	{op: "add_content_comment", with: "id=own", keep: "comment=data.id"},
	{op: "list_content_comments", with: "id=own"},
	{op: "get_content_comment", with: "id=own comment=comment"},
	{op: "edit_content_comment", with: "id=own comment=comment"},
	{op: "resolve_content_comment", with: "id=own comment=comment"},
	{op: "reopen_content_comment", with: "id=own comment=comment"},
	{op: "delete_content_comment", with: "id=own comment=comment"},
	{op: "list_content_versions", with: "id=own"},
	{op: "restore_content_version", with: "id=own n=1"},
	{op: "duplicate_content_item", with: "id=own", keep: "copy=data.id"},
	{op: "export_content_item", with: "id=own format=markdown"},
	{op: "get_content_lineage", with: "id=item"},
	{op: "create_review_link", with: "id=own", keep: "link=data.id"},
	{op: "list_review_links", with: "id=own"},
	{op: "revoke_review_link", with: "id=link"},
	{op: "check_text", body: `{"text":"We find synergy in every inbox.","keywords":["inbox"]}`},

	// A channel, to an address that nobody can have.
	{
		op: "create_channel", keep: "channel=data.id hook=data.attributes.slug",
		body: `{"kind":"webhook","name":"Shop","settings":{"url":"https://shop.invalid/hook"}}`,
	},
	{op: "list_channels"},
	{op: "get_channel", with: "id=channel"},
	{op: "edit_channel", with: "id=channel", body: `{"name":"The shop"}`},
	{op: "edit_channel", with: "id=channel", body: `{"name":"Shop"}`, want: 409, restless: "channel.version"},
	{op: "check_channel", with: "id=channel"},
	{op: "preview_publication", with: "id=own channel=hook"},
	{op: "preview_publication", with: "id=own channel=feed", want: 409},

	// A webhook, to an address that nobody can have.
	{op: "list_webhook_events"},
	{op: "create_webhook", body: `{"url":"https://shop.invalid/events","events":["content.moved"]}`, keep: "events=data.id"},
	{op: "list_webhooks"},
	{op: "get_webhook", with: "id=events"},
	{op: "edit_webhook", with: "id=events", body: `{"description":"The shop"}`},
	{op: "rotate_webhook_secret", with: "id=events"},
	{op: "test_webhook", with: "id=events", keep: "sent=data.id"},
	{op: "list_webhook_deliveries", with: "id=events"},
	{op: "get_webhook_delivery", with: "id=events delivery=sent"},
	{op: "redeliver_webhook", with: "id=events delivery=sent"},
	{op: "redeliver_failed_webhooks", with: "id=events"},
	{op: "edit_webhook", with: "id=events", body: `{"active":false}`},
	{op: "test_webhook", with: "id=events", want: 409},
	{op: "redeliver_webhook", with: "id=events delivery=sent", want: 409},
	{op: "redeliver_failed_webhooks", with: "id=events", want: 409},
	{op: "delete_webhook", with: "id=events"},

	// It is approved and published.
	{op: "bulk_move_content", body: `{"content_ids":[$own,$copy],"status":"review"}`},
	{op: "move_content", with: "id=copy"},
	{op: "approve_content_item", with: "id=own"},
	{op: "move_content", with: "id=own", body: `{"status":"published"}`},
	{op: "approve_content_item", with: "id=own", want: 409},
	{op: "list_publications", with: "id=own"},
	{op: "retry_publication", with: "id=own channel=hook"},
	{op: "retry_publication", with: "id=own channel=feed", want: 409},
	{op: "delete_channel", with: "id=channel"},

	// Templates, and an execution that waits for a person.
	{op: "list_workflow_templates"},
	{op: "group_workflow_templates"},
	{op: "suggest_workflow_templates"},
	{op: "check_workflow_template"},
	{op: "create_workflow_template", keep: "template=data.id"},
	{op: "create_workflow_template", want: 409},
	{op: "get_workflow_template", with: "template=template"},
	{op: "validate_workflow_template", with: "template=template"},
	{op: "plan_workflow_template", with: "template=template"},
	{op: "replace_workflow_template", with: "template=template"},
	{op: "replace_workflow_template", with: "template=launch-kit", want: 409},
	{op: "execute_workflow_template", with: "template=post-approve-publish", keep: "waiting=data.id"},
	{op: "archive_execution", with: "id=waiting", want: 409},
	{op: "cancel_execution", with: "id=waiting"},
	{op: "retry_execution", with: "id=waiting", keep: "again=data.id"},
	{op: "cancel_execution", with: "id=again"},
	{op: "delete_workflow_template", with: "template=launch-kit", want: 409},

	// Triggers and events.
	{op: "send_event"},
	// The calendar.
	{op: "edit_content_item", with: "id=item", body: `{"planned_at":"2029-03-01T09:00:00Z"}`},
	{op: "list_calendar_events", with: "start_date=2029-03-01 end_date=2029-03-01", keep: "shown=data.0.id"},
	{op: "delete_calendar_event", with: "id=shown", want: 409},
	{op: "create_calendar_event", keep: "event=data.id"},
	{op: "create_calendar_event", keep: "publication=data.id",
		body: `{"title":"Publish it","scheduled_at":"2031-03-10T09:00","timezone":"Europe/Berlin","action":{"type":"publish","content_id":$item}}`},
	{op: "list_calendar_events", with: "start_date=2031-03-01 end_date=2031-03-31"},
	{op: "get_calendar_event", with: "id=event"},
	{op: "edit_calendar_event", with: "id=event"},
	{op: "edit_calendar_event", with: "id=event", want: 409, restless: "calendar_event.version"},
	{op: "list_calendar_event_history", with: "id=publication"},
	{op: "get_calendar_event_ics", with: "id=event"},
	{op: "export_calendar", with: "format=csv start_date=2031-03-01 end_date=2031-03-31"},
	{op: "create_feed_token", keep: "token=data.id secret=meta.token"},
	{op: "calendar_feed", with: "token=secret"},
	{op: "list_feed_tokens"},
	{op: "revoke_feed_token", with: "id=token"},
	{op: "create_campaign", keep: "campaign=data.id"},
	{op: "list_campaigns"},
	{op: "get_campaign", with: "id=campaign"},
	{op: "edit_campaign", with: "id=campaign", body: `{"goal":"More trials"}`},
	{op: "edit_campaign", with: "id=campaign", body: `{"goal":"More trials"}`, want: 409, restless: "campaign.version"},
	{op: "start_campaign", with: "id=campaign"},
	{op: "start_campaign", with: "id=campaign", want: 409},
	{op: "pause_campaign", with: "id=campaign"},
	{op: "pause_campaign", with: "id=campaign", want: 409},
	{op: "resume_campaign", with: "id=campaign"},
	{op: "resume_campaign", with: "id=campaign", want: 409},
	{op: "delete_campaign", with: "id=campaign"},
	{op: "delete_calendar_event", with: "id=event"},
	{op: "delete_calendar_event", with: "id=publication"},

	{op: "dry_run_workflow_trigger"},
	{op: "create_workflow_trigger", keep: "trigger=data.id"},
	{op: "list_workflow_triggers"},
	{op: "get_workflow_trigger", with: "id=trigger"},
	{op: "edit_workflow_trigger", with: "id=trigger"},
	{op: "edit_workflow_trigger", with: "id=trigger", want: 409, restless: "workflow_trigger.version"},
	{op: "fire_workflow_trigger", with: "id=trigger"},
	{op: "list_trigger_firings", with: "id=trigger"},
	{op: "switch_workflow_trigger", with: "id=trigger"},
	{op: "switch_workflow_trigger", with: "id=trigger", want: 409, restless: "workflow_trigger.version"},
	{op: "toggle_workflow_trigger", with: "id=trigger"},
	{op: "toggle_workflow_trigger", with: "id=trigger", want: 409, restless: "workflow_trigger.version"},
	{op: "delete_workflow_trigger", with: "id=trigger"},

	// A rule moves clean items on.
	{op: "dry_run_board_rule"},
	{op: "create_board_rule", keep: "rule=data.id"},
	{op: "list_board_rules"},
	{op: "get_board_rule", with: "id=rule"},
	{op: "edit_board_rule", with: "id=rule"},
	{op: "edit_board_rule", with: "id=rule", body: `{"order":3}`, want: 409, restless: "board_rule.version"},
	{op: "delete_board_rule", with: "id=rule"},

	// Texts, credits, notifications.
	{op: "generate_output", keep: "text=data.message_id"},
	{op: "rewrite_passage", with: "id=own",
		body: `{"text":"Frost comes early. Cover the beds.","start":0,"end":34,"action":"shorten"}`},
	{op: "rewrite_passage", with: "id=own", body: `{"version":1,"start":0,"end":1,"action":"shorten"}`, want: 409},
	{op: "get_output", with: "message_id=text"},
	{op: "list_writer_templates"},
	{op: "get_writer_generator", with: "template=post_generator"},
	{op: "add_writer_favorite"},
	{op: "list_writer_favorites"},
	{op: "remove_writer_favorite"},
	{op: "create_writer_template", keep: "note=data.slug"},
	{op: "create_writer_template", want: 409},
	{op: "get_writer_template", with: "template=note"},
	{op: "replace_writer_template", with: "template=note"},
	{op: "replace_writer_template", with: "template=post_generator", want: 409},
	{op: "build_text", keep: "built=data.message_id"},
	{op: "get_output", with: "message_id=built", want: 409},
	{op: "stop_output", with: "message_id=built", want: 409},
	{op: "generate_output", body: `{"message_id":$built}`},
	{op: "write_text", keep: "written=data.message_id"},
	{op: "stop_output", with: "message_id=written"},
	{op: "save_text", body: `{"message_id":$written}`},
	{op: "save_text", body: `{"message_id":$written,"title":"Another title"}`, want: 409},
	{op: "list_outputs"},
	{op: "delete_output", with: "message_id=written"},
	{op: "delete_writer_template", with: "template=post_generator", want: 409},
	{op: "delete_writer_template", with: "template=note"},

	// Images: placeholders, and a provider that never answers.
	{op: "list_image_versions"},
	{op: "check_image_availability"},
	{op: "generate_image", body: card, wait: true, keep: "drawn=data.id picture=data.images.0.id"},
	{op: "get_image_generation", with: "id=drawn"},
	{op: "list_recent_images"},
	{op: "get_image", with: "id=picture"},
	{op: "update_image", with: "id=picture"},
	{op: "upload_image", keep: "own_picture=data.id"},
	{op: "set_content_image", with: "id=own image_id=own_picture"},
	{op: "list_content_images", with: "id=own"},
	{op: "delete_image", with: "id=own_picture", want: 409},
	{op: "set_content_image", with: "id=own image_id=own_picture", body: `{"role":"inline"}`, want: 409, restless: "content.revision"},
	{op: "remove_content_image", with: "id=own image_id=own_picture", want: 409, restless: "content.revision"},
	{op: "remove_content_image", with: "id=own image_id=own_picture"},
	{op: "delete_image", with: "id=own_picture"},
	{op: "delete_image", with: "id=picture"},
	{op: "cancel_image_generation", with: "id=drawn", want: 409},
	{op: "generate_image", body: picture, keep: "slow=data.id"},
	{op: "check_image_availability", want: 409},
	{op: "generate_image", body: card, want: 409},
	{op: "cancel_image_generation", with: "id=slow"},

	// Chats.
	{op: "list_chat_templates"},
	{op: "create_chat_template", keep: "category=data.id kind=data.slug"},
	{op: "create_chat_template", want: 409},
	{op: "get_chat_template", with: "id=category"},
	{op: "edit_chat_template", with: "id=category"},
	{op: "edit_chat_template", with: "id=1", want: 409},
	{op: "new_chat", keep: "chat=data.conver_id"},
	{op: "send_chat", body: `{"conver_id":$chat,"prompt":"What helps against frost?"}`, keep: "answer=data.message_id"},
	{op: "read_chat", with: "conver_id=chat message_id=answer"},
	{op: "send_chat", body: `{"conver_id":$chat,"regenerate_of":$answer}`, keep: "second=data.message_id"},
	{op: "stop_chat", with: "conver_id=chat"},
	{op: "get_chat", with: "conver_id=chat"},
	{op: "list_chat_messages", with: "conver_id=chat", keep: "asked=data.0.message_id"},
	{op: "read_chat", with: "conver_id=chat message_id=asked", want: 409},
	{op: "get_chat_message", with: "conver_id=chat id=answer"},
	{op: "show_chat_branch", with: "conver_id=chat id=answer"},
	{op: "save_chat_message", with: "conver_id=chat id=answer"},
	{op: "save_chat_message", with: "conver_id=chat id=asked", want: 409},
	{op: "rename_chat", body: `{"conver_id":$chat,"title":"Frost"}`},
	{op: "list_chats", with: "category=ai-chat-bot"},
	{op: "search_chats"},
	{op: "recent_chats"},
	{op: "new_chat", keep: "gone=data.conver_id"},
	{op: "delete_chat", with: "conver_id=gone"},
	{op: "delete_chat_template", with: "id=1", want: 409},
	{op: "delete_chat_template", with: "id=category"},

	// Selling with AWS.
	{op: "create_listing", keep: "listing=data.id"},
	{op: "list_listings"},
	{op: "get_listing", with: "id=listing"},
	{op: "edit_listing", with: "id=listing"},
	{op: "edit_listing", with: "id=listing", body: `{"title":"Restless"}`, want: 409, restless: "listing.revision"},
	{op: "list_listing_versions", with: "id=listing"},
	{op: "get_listing_version", with: "id=listing n=1"},
	{op: "apply_to_listing", with: "id=listing", body: `{"content_id":$item,"field":"short_description"}`, want: 409},
	{op: "move_content", with: "id=own", body: `{"status":"ready"}`}, // its images made a version
	{op: "apply_to_listing", with: "id=listing", body: `{"content_id":$own}`},
	{op: "sync_listings", want: 409},
	{op: "get_aws_connection"},
	{op: "test_aws_connection", body: `{}`, want: 409},
	{op: "connect_aws", body: `{"iam_role_arn":"` + awsRole + `"}`},
	{op: "test_aws_connection"},
	{op: "sync_listings"},
	{op: "list_listings", with: "q=bots", keep: "sold=data.0.id", later: true},
	{op: "edit_listing", with: "id=sold", body: `{"title":"Acme Chat Bots"}`},
	{op: "push_listing", with: "id=sold"},
	{op: "push_listing", with: "id=listing", want: 409},
	{op: "disconnect_aws"},
	{op: "disconnect_aws", want: 409},
	{op: "delete_listing", with: "id=sold"},
	{op: "create_opportunity", keep: "deal=data.id"},
	{op: "list_opportunities"},
	{op: "get_opportunity", with: "id=deal"},
	{op: "edit_opportunity", with: "id=deal"},
	{op: "edit_opportunity", with: "id=deal", body: `{"title":"Restless"}`, want: 409, restless: "opportunity.revision"},
	{op: "move_opportunity", with: "id=deal"},
	{op: "resolve_opportunity", with: "id=deal", before: `update opportunity set remote_id = 'O' || id,
		conflict = '[{"field":"next_step","aws":"Call"}]'`},
	{op: "resolve_opportunity", with: "id=deal", want: 409},
	{op: "get_analytics_overview"},
	{op: "get_analytics_executions"},
	{op: "get_analytics_content"},
	{op: "get_analytics_pipeline"},
	{op: "get_analytics_credits"},
	{op: "export_analytics"},
	{op: "delete_opportunity", with: "id=deal"},
	{op: "delete_listing", with: "id=listing"},
	{op: "get_credits"},
	{op: "list_credit_movements"},
	{op: "get_notification_settings"},
	{op: "update_notification_settings"},
	{op: "list_notifications", keep: "notification=data.0.id"},
	{op: "read_notification", with: "id=notification"},
	{op: "read_all_notifications"},

	{op: "delete_workflow_template", with: "template=template"},
	{op: "delete_agent", with: "id=agent"},
	{op: "delete_brand_voice", with: "id=voice"},
	{op: "delete_content_item", with: "id=own"},
	{op: "delete_content_item", with: "id=copy"},
}

// refusing is what happens while the model's provider refuses every call.
//
//nolint:gochecknoglobals // a table
var refusing = []step{
	{op: "execute_capability", with: "slug=generate-blog-post", body: post, keep: "failed=data.id", wait: true},
	{op: "generate_output", keep: "broken=header.X-Message-Id", stream: true},
	{op: "generate_output", want: 502},
	{op: "write_text", want: 502},
	{op: "rewrite_passage", with: "id=item", body: `{"text":"Frost.","start":0,"end":5,"action":"plainer"}`, want: 502},
	{op: "get_output", with: "message_id=broken", want: 502},
	{op: "send_chat", body: `{"conver_id":$chat,"prompt":"And snow?"}`, keep: "silent=data.message_id"},
	{op: "read_chat", with: "conver_id=chat message_id=silent", want: 502},
}

// poor is what happens in a workspace without credits.
//
//nolint:gochecknoglobals // a table
var poor = []step{
	{op: "generate_image", body: picture, want: 402},
	{op: "generate_output", want: 402},
	{op: "write_text", want: 402},
	{op: "new_chat", keep: "chat=data.conver_id"},
	{op: "send_chat", body: `{"conver_id":$chat,"prompt":"And snow?"}`, want: 402},
	{op: "rewrite_passage", with: "id=item", body: `{"text":"Frost.","start":0,"end":5,"action":"plainer"}`, want: 402},
	{op: "execute_capability", with: "slug=generate-blog-post", body: post, want: 402},
	{op: "execute_workflow_template", with: "template=launch-kit", want: 402},
	{op: "retry_execution", with: "id=failed", want: 402},
	{op: "redo_step", with: "id=failed key=brief", want: 402},
}

// What dall-e draws, which is not connected, and what stablediffusion makes, which is.
const (
	card = `{"image_generator":"dall-e","image_number_of_images":1,"description":"Frost","size":"256x256",
		"quality":"standard"}`
	picture = `{"image_generator":"stablediffusion","image_number_of_images":1,"description":"Frost",
		"type":"text-to-image","image_resolution":"256x256"}`
)

const post = `{"settings":{"topic":"Winter in the garden"}}`

// absent are the calls that find nothing, of operations without a parameter in the path.
//
//nolint:gochecknoglobals // a table
var absent = map[string]struct{ with, body string }{
	"calendar_feed":          {with: "token=nothing"},
	"get_output":             {with: "message_id=999999"},
	"generate_output":        {body: `{"message_id":999999}`},
	"save_text":              {body: `{"message_id":999999}`},
	"remove_writer_favorite": {body: `{"openai_id":999999}`},
	"send_chat":              {body: `{"conver_id":999999,"prompt":"Frost?"}`},
	"read_chat":              {with: "conver_id=999999"},
	"rename_chat":            {body: `{"conver_id":999999,"title":"Frost"}`},
	"delete_chat":            {with: "conver_id=999999"},
	"bulk_move_content":      {body: `{"content_ids":[999999],"status":"review"}`},
}

// unprovoked are documented statuses that nothing from outside can bring about, by
// operation and status, each with the reason.
//
//nolint:gochecknoglobals // a table
var unprovoked = map[string]map[int]string{
	"connect_aws":   {409: "this server has keys of AWS"},
	"get_openapi":   {500: "the document is in memory, so that nothing in this call can break"},
	"delete_output": {409: "the text would have to be written for as long as the call takes"},
	"delete_chat":   {409: "the answer would have to be written for as long as the call takes"},
}
