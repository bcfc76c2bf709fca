package image

import (
	"encoding/xml"
	"fmt"
	"strings"

	"vellocity/internal/domain"
)

// SourceType says how a picture came about, by a code of the IPTC
// (http://cv.iptc.org/newscodes/digitalsourcetype/).
type SourceType string

// The source types that are used here.
const (
	// SourceModel is for what an image model made of a text.
	SourceModel SourceType = "trainedAlgorithmicMedia"
	// SourceEdited is for what an image model made of another picture.
	SourceEdited SourceType = "compositeWithTrainedAlgorithmicMedia"
	// SourceEnhanced is for a picture that was only enlarged.
	SourceEnhanced SourceType = "algorithmicallyEnhanced"
	// SourceProgram is for what a program drew by rules, without a model: placeholders.
	SourceProgram SourceType = "algorithmicMedia"
)

// SourceOf returns the source type of what a model does with a task.
func SourceOf(t domain.ImageTask) SourceType {
	switch t {
	case domain.ImageFromImage:
		return SourceEdited
	case domain.ImageUpscale:
		return SourceEnhanced
	}
	return SourceModel
}

// Mark is what a file says about its origin, for programs: the property Digital Source Type
// of the IPTC Photo Metadata Standard, which is written as XMP. It holds neither the
// description nor a person.
type Mark struct {
	Source SourceType
	// System is the model's name, for the property AI System Used; empty: none.
	System string
}

// The packet is the smallest that readers of XMP part 1, section 7 accept.
const packet = `<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>` +
	`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
	`<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">` +
	`<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/%s</Iptc4xmpExt:DigitalSourceType>` +
	`%s</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

// longestSystem bounds the name of a model, in characters.
const longestSystem = 100

func (m Mark) xmp() []byte {
	system := ""
	if name := []rune(strings.TrimSpace(m.System)); len(name) > 0 {
		var escaped strings.Builder
		_ = xml.EscapeText(&escaped, []byte(string(name[:min(len(name), longestSystem)]))) // a Builder never fails
		system = "<Iptc4xmpExt:AISystemUsed>" + escaped.String() + "</Iptc4xmpExt:AISystemUsed>"
	}
	return fmt.Appendf(nil, packet, m.Source, system)
}

// Marked returns the picture with the mark in place of any that it had. The pixels stay as
// they are.
func (p Picture) Marked(m Mark) (Picture, error) { return p.withMark(m.xmp()) }
