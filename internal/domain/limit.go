package domain

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Unit says what a [Limit] counts.
type Unit string

// The units.
const (
	Characters Unit = "characters" // Unicode code points of a text
	Items      Unit = "items"      // entries of a list
	Number     Unit = "number"     // the value itself
)

// Limit is the allowed size of one field. It stands here and nowhere else: the
// published schema, the verb's check, the form and the help all read it. A row of
// the operation table refers to it by name, with the tag limit:"company_name".
type Limit struct {
	Name     string
	Unit     Unit
	Min, Max int // both allowed
	// Each bounds the characters of one entry of a list; 0: no bound.
	Each int
	// Line says that the text, or each entry of the list, is one line: see [Problems.OneLine].
	Line bool
}

// The limits of fields, by area.
var (
	LimitCompanyName   = Limit{Name: "company_name", Unit: Characters, Min: 1, Max: 120, Line: true}
	LimitWorkspaceSlug = Limit{Name: "workspace_slug", Unit: Characters, Min: 1, Max: 62, Line: true}
	LimitTimezone      = Limit{Name: "timezone", Unit: Characters, Min: 1, Max: 64, Line: true}
	LimitNotifyEmails  = Limit{Name: "notification_emails", Unit: Items, Max: 20, Each: 254, Line: true} // RFC 5321, path
	LimitEmail         = Limit{Name: "email", Unit: Characters, Max: 254, Line: true}                    // RFC 5321, path
	LimitNotifyKinds   = Limit{Name: "notification_kinds", Unit: Items, Min: 1, Max: 8}                  // each kind once
	LimitMaxCredits    = Limit{Name: "max_credits", Unit: Number, Max: 1_000_000_000}
	LimitCreditsLow    = Limit{Name: "credits_low", Unit: Number, Max: 1_000_000_000}
	LimitGrant         = Limit{Name: "grant", Unit: Number, Min: 1, Max: 1_000_000_000}
	LimitGrantNote     = Limit{Name: "grant_note", Unit: Characters, Max: 200, Line: true}

	LimitKeyName    = Limit{Name: "key_name", Unit: Characters, Min: 1, Max: 100, Line: true}
	LimitKeyScopes  = Limit{Name: "key_scopes", Unit: Items, Min: 1, Max: 9}
	LimitAllowedIPs = Limit{Name: "allowed_ips", Unit: Items, Max: 100, Each: 49, Line: true} // an IPv6 block
	LimitKeyGrace   = Limit{Name: "key_grace", Unit: Number, Max: 7 * 24 * 60 * 60}           // seconds

	LimitTitle           = Limit{Name: "title", Unit: Characters, Min: 1, Max: 300, Line: true}
	LimitBody            = Limit{Name: "body", Unit: Characters, Min: 1, Max: 200_000}
	LimitMetaTitle       = Limit{Name: "meta_title", Unit: Characters, Max: 200, Line: true}
	LimitMetaDescription = Limit{Name: "meta_description", Unit: Characters, Max: 500, Line: true}
	LimitItemSlug        = Limit{Name: "item_slug", Unit: Characters, Min: 1, Max: 80, Line: true}
	LimitKeywords        = Limit{Name: "keywords", Unit: Items, Max: 50, Each: 100, Line: true}
	LimitLanguage        = Limit{Name: "language", Unit: Characters, Max: 35, Line: true} // BCP 47, section 4.4.1
	LimitChannel         = Limit{Name: "channel", Unit: Characters, Max: 50, Line: true}
	LimitAssignee        = Limit{Name: "assignee", Unit: Characters, Max: 200, Line: true}
	LimitReason          = Limit{Name: "reason", Unit: Characters, Max: 500}
	LimitAcceptance      = Limit{Name: "acceptance", Unit: Characters, Min: 1, Max: 500}
	LimitComment         = Limit{Name: "comment", Unit: Characters, Min: 1, Max: 5_000}
	LimitReviewDays      = Limit{Name: "review_days", Unit: Number, Min: 1, Max: 30}
	LimitReviewer        = Limit{Name: "reviewer", Unit: Characters, Min: 1, Max: 100, Line: true}
	LimitFinding         = Limit{Name: "finding", Unit: Characters, Min: 1, Max: 64, Line: true} // an id
	LimitFacts           = Limit{Name: "facts", Unit: Items, Max: 100, Each: 2_000}
	LimitLinks           = Limit{Name: "links", Unit: Items, Max: 100, Each: 2048, Line: true}
	LimitBulkMove        = Limit{Name: "bulk_move", Unit: Items, Min: 1, Max: 100}
	LimitPerColumn       = Limit{Name: "per_column", Unit: Number, Min: 1, Max: 200}

	LimitBrandVoiceName        = Limit{Name: "brand_voice_name", Unit: Characters, Min: 1, Max: 100, Line: true}
	LimitBrandVoiceDescription = Limit{Name: "brand_voice_description", Unit: Characters, Max: 500}
	LimitBrandVoiceTone        = Limit{Name: "brand_voice_tone", Unit: Items, Max: 20, Each: 50, Line: true}
	LimitBrandVoiceAudience    = Limit{Name: "brand_voice_audience", Unit: Characters, Max: 500}
	LimitBrandVoiceRules       = Limit{Name: "brand_voice_rules", Unit: Items, Max: 50, Each: 300, Line: true}
	LimitPreferredTerms        = Limit{Name: "preferred_terms", Unit: Items, Max: 200}
	LimitBannedTerms           = Limit{Name: "banned_terms", Unit: Items, Max: 200, Each: 100, Line: true}
	LimitTerm                  = Limit{Name: "term", Unit: Characters, Min: 1, Max: 100, Line: true}
	LimitSampleTexts           = Limit{Name: "sample_texts", Unit: Items, Max: 10, Each: 5_000}

	LimitAgentName         = Limit{Name: "agent_name", Unit: Characters, Min: 1, Max: 100, Line: true}
	LimitAgentDescription  = Limit{Name: "agent_description", Unit: Characters, Max: 500}
	LimitAgentCapabilities = Limit{Name: "agent_capabilities", Unit: Items, Max: 100, Each: 100, Line: true}
	LimitAgentProvider     = Limit{Name: "agent_provider", Unit: Characters, Max: 100, Line: true}
	LimitAgentModel        = Limit{Name: "agent_model", Unit: Characters, Max: 200, Line: true}
	LimitAgentInstructions = Limit{Name: "agent_instructions", Unit: Characters, Max: 5_000}
	LimitRedoInstructions  = Limit{Name: "redo_instructions", Unit: Characters, Max: 2_000}
	LimitAgentURL          = Limit{Name: "agent_url", Unit: Characters, Max: 2048, Line: true}
	LimitAgentTimeout      = Limit{Name: "agent_timeout", Unit: Number, Min: 5, Max: 300} // seconds
	LimitAgentCredits      = Limit{Name: "agent_credits", Unit: Number, Min: 1, Max: 1_000_000_000}

	LimitChannelName   = Limit{Name: "channel_name", Unit: Characters, Min: 1, Max: 100, Line: true}
	LimitChannelSecret = Limit{Name: "channel_secret", Unit: Characters, Max: 1000, Line: true}
	LimitChannelTypes  = Limit{Name: "channel_types", Unit: Items, Max: 5}

	LimitWebhookURL         = Limit{Name: "webhook_url", Unit: Characters, Min: 1, Max: 2048, Line: true}
	LimitWebhookEvents      = Limit{Name: "webhook_events", Unit: Items, Min: 1, Max: 100}
	LimitWebhookDescription = Limit{Name: "webhook_description", Unit: Characters, Max: 255, Line: true}
	LimitWebhookGrace       = Limit{Name: "webhook_grace", Unit: Number, Max: 24 * 60 * 60} // seconds

	LimitPrompt     = Limit{Name: "prompt", Unit: Characters, Max: 20_000}
	LimitWords      = Limit{Name: "words", Unit: Number, Min: 1, Max: 4_000}
	LimitTone       = Limit{Name: "tone", Unit: Characters, Max: 100, Line: true}
	LimitToneCustom = Limit{Name: "tone_custom", Unit: Characters, Max: 500}
	LimitResults    = Limit{Name: "results", Unit: Number, Min: 1, Max: 5}

	LimitResponse  = Limit{Name: "response", Unit: Characters, Max: 200_000} // as [LimitBody]
	LimitTextTitle = Limit{Name: "text_title", Unit: Characters, Max: 300, Line: true}

	LimitWriterTitle       = Limit{Name: "writer_title", Unit: Characters, Min: 1, Max: 120, Line: true}
	LimitWriterDescription = Limit{Name: "writer_description", Unit: Characters, Max: 500}
	LimitWriterPrompt      = Limit{Name: "writer_prompt", Unit: Characters, Min: 1, Max: 10_000}
	LimitWriterFields      = Limit{Name: "writer_fields", Unit: Items, Min: 1, Max: 20}
	LimitWriterName        = Limit{Name: "writer_name", Unit: Characters, Min: 1, Max: 40, Line: true} // of a field
	LimitWriterHelp        = Limit{Name: "writer_help", Unit: Characters, Max: 300, Line: true}
	LimitWriterExample     = Limit{Name: "writer_example", Unit: Characters, Max: 2_000}
	LimitWriterOptions     = Limit{Name: "writer_options", Unit: Items, Max: 30, Each: 100, Line: true}
	LimitWriterText        = Limit{Name: "writer_text", Unit: Characters, Max: 500, Line: true} // a field's value
	LimitWriterLongText    = Limit{Name: "writer_long_text", Unit: Characters, Max: 15_000}
	LimitWriterList        = Limit{Name: "writer_list", Unit: Items, Max: 50, Each: 500, Line: true}

	LimitImageCount       = Limit{Name: "image_count", Unit: Number, Min: 1, Max: 10}
	LimitImageDescription = Limit{Name: "image_description", Unit: Characters, Min: 1, Max: 4_000}
	LimitImageStyle       = Limit{Name: "image_style", Unit: Characters, Max: 100, Line: true} // lighting and mood, too
	LimitImageNegative    = Limit{Name: "image_negative", Unit: Characters, Max: 2_000}
	LimitAltText          = Limit{Name: "alt_text", Unit: Characters, Max: 500, Line: true}
	LimitImageCaption     = Limit{Name: "image_caption", Unit: Characters, Max: 500, Line: true}
	LimitImagePosition    = Limit{Name: "image_position", Unit: Number, Min: 1, Max: 21}
	LimitChatTitle        = Limit{Name: "chat_title", Unit: Characters, Min: 1, Max: 200, Line: true}
	LimitChatName         = Limit{Name: "chat_name", Unit: Characters, Min: 1, Max: 120, Line: true} // of a template
	LimitChatLabel        = Limit{Name: "chat_label", Unit: Characters, Max: 120, Line: true}
	LimitChatDescription  = Limit{Name: "chat_description", Unit: Characters, Max: 500}
	LimitChatColor        = Limit{Name: "chat_color", Unit: Characters, Max: 7, Line: true}
	LimitChatInstructions = Limit{Name: "chat_instructions", Unit: Characters, Max: 10_000}

	LimitTemplateName        = Limit{Name: "template_name", Unit: Characters, Min: 1, Max: 120, Line: true}
	LimitTemplateDescription = Limit{Name: "template_description", Unit: Characters, Max: 500}
	LimitTemplateSteps       = Limit{Name: "template_steps", Unit: Items, Min: 1, Max: 20}
	LimitStepKey             = Limit{Name: "step_key", Unit: Characters, Min: 1, Max: 40, Line: true}
	LimitDependsOn           = Limit{Name: "depends_on", Unit: Items, Max: 19, Each: 40, Line: true}
	LimitExpression          = Limit{Name: "expression", Unit: Characters, Max: 2_000} // a condition
	LimitTriggerName         = Limit{Name: "trigger_name", Unit: Characters, Min: 1, Max: 120, Line: true}
	LimitCron                = Limit{Name: "cron", Unit: Characters, Min: 1, Max: 200, Line: true}
	LimitEventName           = Limit{Name: "event_name", Unit: Characters, Min: 1, Max: 100, Line: true}
	LimitRuleName            = Limit{Name: "rule_name", Unit: Characters, Min: 1, Max: 120, Line: true}
	LimitRuleCondition       = Limit{Name: "rule_condition", Unit: Characters, Min: 1, Max: 2_000}
	LimitRuleOrder           = Limit{Name: "rule_order", Unit: Number, Min: 1, Max: 1_000}
	LimitUseCase             = Limit{Name: "use_case", Unit: Characters, Min: 1, Max: 1_000}

	LimitSourceTitle = Limit{Name: "source_title", Unit: Characters, Max: 300, Line: true} // as [LimitTitle]
	LimitSourceText  = Limit{Name: "source_text", Unit: Characters, Max: 500_000}
	LimitSourceURL   = Limit{Name: "source_url", Unit: Characters, Max: 2048, Line: true}

	// Of AWS Marketplace (Catalog API, UpdateInformation) and AWS Partner Central (Selling API).
	LimitListingTitle      = Limit{Name: "listing_title", Unit: Characters, Min: 1, Max: 72, Line: true}
	LimitListingShort      = Limit{Name: "listing_short", Unit: Characters, Max: 1_000}
	LimitListingLong       = Limit{Name: "listing_long", Unit: Characters, Max: 5_000}
	LimitListingHighlights = Limit{Name: "listing_highlights", Unit: Items, Max: 3, Each: 500}
	LimitListingKeywords   = Limit{Name: "listing_keywords", Unit: Items, Max: 15, Each: 50, Line: true}
	LimitListingCategories = Limit{Name: "listing_categories", Unit: Items, Max: 3, Each: 100, Line: true}
	LimitListingSupport    = Limit{Name: "listing_support", Unit: Characters, Max: 2_000}
	LimitDealTitle         = Limit{Name: "deal_title", Unit: Characters, Min: 1, Max: 255, Line: true}
	LimitCustomer          = Limit{Name: "customer", Unit: Characters, Min: 1, Max: 80, Line: true}
	LimitCountry           = Limit{Name: "country", Unit: Characters, Max: 2, Line: true}
	LimitAWSAccount        = Limit{Name: "aws_account", Unit: Characters, Max: 12, Line: true}
	LimitDealProblem       = Limit{Name: "deal_problem", Unit: Characters, Max: 2_000}
	LimitNextStep          = Limit{Name: "next_step", Unit: Characters, Max: 255, Line: true}
	LimitAmount            = Limit{Name: "amount", Unit: Characters, Max: 16, Line: true}            // 10000000000.0000
	LimitRoleARN           = Limit{Name: "role_arn", Unit: Characters, Min: 1, Max: 600, Line: true} // IAM: 20 to 2,048
	LimitCurrency          = Limit{Name: "currency", Unit: Characters, Max: 3, Line: true}
	LimitRecordID          = Limit{Name: "record_id", Unit: Characters, Max: 24, Line: true} // lst_7

	LimitCalendarTitle       = Limit{Name: "calendar_title", Unit: Characters, Min: 1, Max: 200, Line: true}
	LimitCalendarDescription = Limit{Name: "calendar_description", Unit: Characters, Max: 5_000}
	LimitCalendarID          = Limit{Name: "calendar_id", Unit: Characters, Min: 1, Max: 30, Line: true}
	LimitCalendarColor       = Limit{Name: "calendar_color", Unit: Characters, Max: 7, Line: true}
	LimitCalendarIcon        = Limit{Name: "calendar_icon", Unit: Characters, Max: 40, Line: true}
	LimitCalendarTypes       = Limit{Name: "calendar_types", Unit: Items, Max: 9}
	LimitCalendarChannels    = Limit{Name: "calendar_channels", Unit: Items, Max: 13}
	LimitActionChannels      = Limit{Name: "action_channels", Unit: Items, Max: 51, Each: 100, Line: true}
	LimitCampaignName        = Limit{Name: "campaign_name", Unit: Characters, Min: 1, Max: 120, Line: true}
	LimitCampaignGoal        = Limit{Name: "campaign_goal", Unit: Characters, Max: 1_000}
	LimitCampaignPlan        = Limit{Name: "campaign_plan", Unit: Items, Max: 50}
	LimitCampaignMinutes     = Limit{Name: "campaign_minutes", Unit: Number, Max: 1_440}
	LimitClock               = Limit{Name: "clock", Unit: Characters, Max: 5, Line: true}                // 09:00
	LimitFeedToken           = Limit{Name: "feed_token", Unit: Characters, Min: 1, Max: 100, Line: true} // its secret
	LimitFeedTokenName       = Limit{Name: "feed_token_name", Unit: Characters, Min: 1, Max: 100, Line: true}

	LimitSlug     = Limit{Name: "slug", Unit: Characters, Min: 1, Max: 100, Line: true} // of a capability or template
	LimitFilter   = Limit{Name: "filter", Unit: Characters, Max: 100, Line: true}       // what narrows a list
	LimitSearch   = Limit{Name: "search", Unit: Characters, Max: 300}                   // words, or a whole title
	LimitQuery    = Limit{Name: "query", Unit: Characters, Min: 1, Max: 1_000}          // words, or a question
	LimitPassages = Limit{Name: "passages", Unit: Number, Min: 1, Max: 50}
	LimitPage     = Limit{Name: "page", Unit: Number, Min: 1, Max: 1_000_000}
	LimitPerPage  = Limit{Name: "per_page", Unit: Number, Min: 1, Max: 100}
	LimitWait     = Limit{Name: "wait", Unit: Number, Max: 60} // seconds, RFC 7240
	LimitPercent  = Limit{Name: "percent", Unit: Number, Max: 100}
	LimitURL      = Limit{Name: "url", Unit: Characters, Max: 2048, Line: true}
	LimitProvider = Limit{Name: "provider", Unit: Characters, Min: 1, Max: 100, Line: true}
	LimitModel    = Limit{Name: "model", Unit: Characters, Max: 200, Line: true}
	LimitMoment   = Limit{Name: "moment", Unit: Characters, Max: 40, Line: true} // a day or a time as text
)

// Limits lists every limit.
func Limits() []Limit {
	return []Limit{
		LimitCompanyName, LimitWorkspaceSlug, LimitTimezone, LimitNotifyEmails, LimitEmail, LimitNotifyKinds,
		LimitMaxCredits, LimitCreditsLow, LimitGrant, LimitGrantNote,
		LimitKeyName, LimitKeyScopes, LimitAllowedIPs, LimitKeyGrace,
		LimitTitle, LimitBody, LimitMetaTitle, LimitMetaDescription, LimitItemSlug, LimitKeywords, LimitLanguage,
		LimitChannel, LimitAssignee, LimitReason, LimitAcceptance, LimitComment,
		LimitReviewDays, LimitReviewer, LimitFinding, LimitFacts, LimitLinks,
		LimitBulkMove, LimitPerColumn,
		LimitBrandVoiceName, LimitBrandVoiceDescription, LimitBrandVoiceTone, LimitBrandVoiceAudience,
		LimitBrandVoiceRules, LimitPreferredTerms, LimitBannedTerms, LimitTerm, LimitSampleTexts,
		LimitAgentName, LimitAgentDescription, LimitAgentCapabilities, LimitAgentProvider, LimitAgentModel,
		LimitAgentInstructions, LimitRedoInstructions, LimitAgentURL, LimitAgentTimeout,
		LimitAgentCredits,
		LimitChannelName, LimitChannelSecret, LimitChannelTypes,
		LimitWebhookURL, LimitWebhookEvents, LimitWebhookDescription, LimitWebhookGrace,
		LimitPrompt, LimitWords, LimitTone, LimitToneCustom, LimitResults, LimitResponse, LimitTextTitle,
		LimitWriterTitle, LimitWriterDescription, LimitWriterPrompt, LimitWriterFields, LimitWriterName, LimitWriterHelp,
		LimitWriterExample, LimitWriterOptions, LimitWriterText, LimitWriterLongText, LimitWriterList,
		LimitImageCount, LimitImageDescription, LimitImageStyle, LimitImageNegative, LimitAltText,
		LimitImageCaption, LimitImagePosition,
		LimitChatTitle, LimitChatName, LimitChatLabel, LimitChatDescription, LimitChatColor, LimitChatInstructions,
		LimitTemplateName, LimitTemplateDescription, LimitTemplateSteps, LimitStepKey, LimitDependsOn, LimitExpression,
		LimitUseCase, LimitTriggerName, LimitCron, LimitEventName, LimitRuleName, LimitRuleCondition, LimitRuleOrder,
		LimitSourceTitle, LimitSourceText, LimitSourceURL,
		LimitListingTitle, LimitListingShort, LimitListingLong, LimitListingHighlights, LimitListingKeywords,
		LimitListingCategories, LimitListingSupport,
		LimitDealTitle, LimitCustomer, LimitCountry, LimitAWSAccount, LimitDealProblem, LimitNextStep, LimitAmount,
		LimitCurrency, LimitRecordID, LimitRoleARN,
		LimitCalendarTitle, LimitCalendarDescription, LimitCalendarID, LimitCalendarColor, LimitCalendarIcon,
		LimitCalendarTypes, LimitCalendarChannels, LimitActionChannels, LimitCampaignName, LimitCampaignGoal,
		LimitCampaignPlan, LimitCampaignMinutes, LimitClock, LimitFeedToken, LimitFeedTokenName,
		LimitSlug, LimitFilter, LimitSearch, LimitQuery, LimitPassages, LimitPage, LimitPerPage, LimitWait, LimitPercent,
		LimitURL, LimitMoment,
		LimitProvider, LimitModel,
	}
}

// LimitNamed returns the limit of that name; ok is false where there is none.
func LimitNamed(name string) (l Limit, ok bool) {
	l, ok = limitsByName()[name]
	return l, ok
}

//nolint:gochecknoglobals // a table, put together once
var limitsByName = sync.OnceValue(func() map[string]Limit {
	all := map[string]Limit{}
	for _, l := range Limits() {
		all[l.Name] = l
	}
	return all
})

// CheckLimits notes the faults of a struct whose fields are pointers and name their
// limits in a tag, as those of the operation table do. A field that is nil is not
// given, which is no fault; nor is the number 0 of a field that null clears, which is
// none.
func CheckLimits(p *Problems, fields any) {
	v := reflect.ValueOf(fields)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		path, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		l, ok := LimitNamed(f.Tag.Get("limit"))
		if !ok || v.Field(i).IsNil() {
			continue
		}
		switch value := v.Field(i).Interface().(type) {
		case *string:
			l.Text(p, path, *value)
		case *[]string:
			l.List(p, path, *value)
		case *[]PreferredTerm:
			l.Count(p, path, len(*value))
		case *int:
			if *value != 0 || f.Tag.Get("null") == "" {
				l.Value(p, path, *value)
			}
		default:
			panic(fmt.Sprintf("a %T has no limit", value))
		}
	}
}

// Text notes a fault unless s has an allowed number of characters, all of them allowed.
// A required text that is empty or blank is "required".
func (l Limit) Text(p *Problems, path, s string) {
	if !p.Characters(path, s) {
		return
	}
	n := utf8.RuneCountInString(s)
	switch {
	case l.Min > 0 && strings.TrimSpace(s) == "":
		p.Required(path)
	case n < l.Min:
		p.Short(path, l.Min, n)
	case n > l.Max:
		p.Long(path, l.Max, n)
	}
	if l.Line && strings.TrimSpace(s) != "" {
		p.OneLine(path, s)
	}
}

// Value notes a fault unless n is allowed.
func (l Limit) Value(p *Problems, path string, n int) {
	switch {
	case n < l.Min:
		p.Small(path, float64(l.Min))
	case n > l.Max:
		p.Large(path, float64(l.Max))
	}
}

// List notes a fault unless the list has an allowed number of items and no item
// is too long. Faults of one item stand at path.N.
func (l Limit) List(p *Problems, path string, items []string) {
	if !l.Count(p, path, len(items)) {
		return
	}
	for i, s := range items {
		at := path + "." + strconv.Itoa(i)
		if !p.Characters(at, s) {
			continue
		}
		if n := utf8.RuneCountInString(s); l.Each > 0 && n > l.Each {
			p.Long(at, l.Each, n)
		}
		if l.Line {
			p.OneLine(at, s)
		}
	}
}

// Count notes a fault, and reports false, unless a list of n items is allowed.
func (l Limit) Count(p *Problems, path string, n int) bool {
	switch {
	case n == 0 && l.Min > 0:
		p.Required(path)
	case n < l.Min:
		p.Few(path, l.Min, n)
	case n > l.Max:
		p.Many(path, l.Max, n)
	default:
		return true
	}
	return false
}
