package ical

import "strconv"

// colors are names of CSS, Level 3, that lie far enough apart to look different.
//
//nolint:gochecknoglobals // a table
var colors = []struct {
	name    string
	r, g, b int64
}{
	{"black", 0, 0, 0}, {"dimgray", 105, 105, 105}, {"gray", 128, 128, 128}, {"silver", 192, 192, 192},
	{"white", 255, 255, 255}, {"maroon", 128, 0, 0}, {"firebrick", 178, 34, 34}, {"red", 255, 0, 0},
	{"crimson", 220, 20, 60}, {"tomato", 255, 99, 71}, {"chocolate", 210, 105, 30}, {"saddlebrown", 139, 69, 19},
	{"orangered", 255, 69, 0}, {"orange", 255, 165, 0}, {"gold", 255, 215, 0}, {"goldenrod", 218, 165, 32},
	{"darkgoldenrod", 184, 134, 11}, {"yellow", 255, 255, 0}, {"olive", 128, 128, 0}, {"yellowgreen", 154, 205, 50},
	{"lime", 0, 255, 0}, {"limegreen", 50, 205, 50}, {"forestgreen", 34, 139, 34}, {"green", 0, 128, 0},
	{"seagreen", 46, 139, 87}, {"teal", 0, 128, 128}, {"lightseagreen", 32, 178, 170}, {"turquoise", 64, 224, 208},
	{"cyan", 0, 255, 255}, {"skyblue", 135, 206, 235}, {"deepskyblue", 0, 191, 255}, {"steelblue", 70, 130, 180},
	{"dodgerblue", 30, 144, 255}, {"cornflowerblue", 100, 149, 237}, {"royalblue", 65, 105, 225}, {"blue", 0, 0, 255},
	{"navy", 0, 0, 128}, {"midnightblue", 25, 25, 112}, {"slateblue", 106, 90, 205}, {"mediumslateblue", 123, 104, 238},
	{"blueviolet", 138, 43, 226}, {"indigo", 75, 0, 130}, {"purple", 128, 0, 128}, {"orchid", 218, 112, 214},
	{"magenta", 255, 0, 255}, {"mediumvioletred", 199, 21, 133}, {"deeppink", 255, 20, 147}, {"hotpink", 255, 105, 180},
	{"pink", 255, 192, 203}, {"salmon", 250, 128, 114}, {"darkslategray", 47, 79, 79}, {"slategray", 112, 128, 144},
}

// colorName returns the name of CSS that is nearest to a colour #RRGGBB; "" where it is none.
func colorName(hex string) (name string) {
	if len(hex) != 7 || hex[0] != '#' {
		return ""
	}
	n, err := strconv.ParseInt(hex[1:], 16, 32)
	if err != nil {
		return ""
	}
	r, g, b := n>>16, n>>8&255, n&255
	least := int64(1 << 62)
	for _, c := range colors {
		if d := (c.r-r)*(c.r-r) + (c.g-g)*(c.g-g) + (c.b-b)*(c.b-b); d < least {
			name, least = c.name, d
		}
	}
	return name
}
