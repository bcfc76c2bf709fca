package web

import (
	"bytes"
	"encoding/json"
	"strings"
)

// sameCall is a call of the API in the languages of the quickstart.
type sameCall struct {
	Curl, JavaScript, Python string
}

// callsOf writes the call that a form would make. The key stays a placeholder:
// a page never holds one.
func callsOf(url string, body any) sameCall {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(body); err != nil {
		return sameCall{}
	}
	doc := strings.TrimSpace(b.String())
	return sameCall{Curl: curlCall(url, doc), JavaScript: javaScriptCall(url, doc), Python: pythonCall(url, doc)}
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

// pythonLiteral spells the words that JSON and Python write differently.
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
