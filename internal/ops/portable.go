package ops

// Portable turns a schema into plain JSON Schema 2020-12 for tools: references written
// out, and no list of types, which some clients cannot read. Below depth levels it says
// only what type a value has; short leaves out everything but types and properties.
func (s *Schemas) Portable(x *Schema, depth int, short bool) map[string]any {
	if x.Ref != "" {
		x = s.all.SchemaFromRef(x.Ref)
	}
	if x.Nullable {
		plain := *x
		plain.Nullable, plain.Description = false, ""
		out := map[string]any{"anyOf": []any{s.Portable(&plain, depth, short), map[string]any{"type": "null"}}}
		if x.Description != "" && !short {
			out["description"] = x.Description // where models look for it
		}
		return out
	}
	if len(x.AnyOf) > 0 {
		var options []any
		for _, o := range x.AnyOf {
			options = append(options, s.Portable(o, depth, short))
		}
		return map[string]any{"anyOf": options}
	}
	out := scalars(x, short)
	switch {
	case x.Type == typeArray && x.Items != nil && depth > 0:
		out["items"] = s.Portable(x.Items, depth-1, short)
	case x.Type == typeObject && x.Properties != nil && depth > 0:
		props := map[string]any{}
		for name, p := range x.Properties {
			props[name] = s.Portable(p, depth-1, short)
		}
		out["properties"] = props
		if len(x.Required) > 0 {
			out["required"] = x.Required
		}
		if x.AdditionalProperties == false && !short {
			out["additionalProperties"] = false
		}
	}
	return out
}

// scalars copies what a schema says about one value.
func scalars(s *Schema, short bool) map[string]any {
	all := map[string]any{}
	if s.Type != "" {
		all["type"] = s.Type
	}
	if short {
		return all
	}
	set := func(name string, v any, is bool) {
		if is {
			all[name] = v
		}
	}
	set("description", s.Description, s.Description != "")
	set("enum", s.Enum, len(s.Enum) > 0)
	set("default", s.Default, s.Default != nil)
	set("format", s.Format, s.Format != "" && s.Format != "int64" && s.Format != "double")
	set("minimum", s.Minimum, s.Minimum != nil)
	set("maximum", s.Maximum, s.Maximum != nil)
	set("minLength", s.MinLength, s.MinLength != nil)
	set("maxLength", s.MaxLength, s.MaxLength != nil)
	set("minItems", s.MinItems, s.MinItems != nil)
	set("maxItems", s.MaxItems, s.MaxItems != nil)
	set("uniqueItems", true, s.UniqueItems)
	return all
}
