package ui

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
)

// Call is a call of the API, in each language of the quickstart.
type Call struct {
	Curl, JavaScript, Python string
}

// CallTo writes a POST of body to url. The key is a placeholder: no page holds one.
func CallTo(url string, body any) Call {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(body); err != nil {
		return Call{}
	}
	doc := strings.TrimSpace(b.String())
	return Call{Curl: curlCall(url, doc), JavaScript: javaScriptCall(url, doc), Python: pythonCall(url, doc)}
}

func curlCall(url, doc string) string {
	quoted := strings.ReplaceAll(doc, "'", `'\''`)
	return "curl -X POST " + url + " \\\n" +
		"  -H \"Authorization: Bearer YOUR_API_KEY\" \\\n" +
		"  -H \"Content-Type: application/json\" \\\n" +
		"  -d '" + quoted + "'"
}

func javaScriptCall(url, doc string) string {
	return "const resp = await fetch(\"" + url + "\", {\n" +
		"  method: \"POST\",\n" +
		"  headers: {\n" +
		"    Authorization: \"Bearer YOUR_API_KEY\",\n" +
		"    \"Content-Type\": \"application/json\",\n" +
		"  },\n" +
		"  body: JSON.stringify(" + indented(doc, "  ") + "),\n" +
		"});\n" +
		"console.log(await resp.json());"
}

func pythonCall(url, doc string) string {
	return "import requests\n\n" +
		"resp = requests.post(\n" +
		"    \"" + url + "\",\n" +
		"    headers={\"Authorization\": \"Bearer YOUR_API_KEY\"},\n" +
		"    json=" + indented(pythonLiteral(doc), "    ") + ",\n" +
		")\n" +
		"print(resp.json())"
}

// pythonLiteral replaces the words that JSON and Python write differently.
func pythonLiteral(doc string) string {
	lines := strings.Split(doc, "\n")
	for i, line := range lines {
		bare := strings.TrimSuffix(line, ",")
		for from, to := range map[string]string{": true": ": True", ": false": ": False", ": null": ": None"} {
			if strings.HasSuffix(bare, from) {
				lines[i] = strings.Replace(line, from, to, 1)
			}
		}
	}
	return strings.Join(lines, "\n")
}

func indented(doc, by string) string { return strings.ReplaceAll(doc, "\n", "\n"+by) }

// ExampleCall is the first call that a new workspace can make.
func (s *Site) ExampleCall(r *http.Request) string {
	return "curl -X POST " + ExecuteURL(s.Origin(r), "generate-blog-post") + " \\\n" +
		"  -H \"Authorization: Bearer YOUR_API_KEY\" -H \"Content-Type: application/json\" \\\n" +
		"  -d '{\"settings\":{\"topic\":\"Cloud cost optimization\"}}'"
}

// ExecuteURL is the address of the API that executes a capability.
func ExecuteURL(origin, slug string) string {
	return origin + "/api/v1/content-workflow/capabilities/" + slug + "/execute"
}
