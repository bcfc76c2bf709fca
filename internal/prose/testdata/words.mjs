// Counts the words of the sentences in words.json with ICU, through Intl.Segmenter, and writes the counts
// beside them: node internal/prose/testdata/words.mjs
//
// What package prose settles where Unicode leaves the choice is done here in the same way: a hyphen joins
// two words, and each Han or kana character is one. Thai, Lao, Khmer and Myanmar are counted by ICU's
// dictionaries; prose estimates them.
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("words.json", import.meta.url);
const segmenter = (locale) => new Intl.Segmenter(locale, { granularity: "word" });
const single = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u;

function count(locale, text) {
  let words = 0, hyphen = false, before = false;
  for (const { segment, isWordLike } of segmenter(locale).segment(text)) {
    if (single.test(segment)) {
      for (const { segment: c } of new Intl.Segmenter(locale).segment(segment)) if (/\p{L}/u.test(c)) words++;
      before = hyphen = false;
    } else if (isWordLike) {
      if (!hyphen) words++;
      before = true;
      hyphen = false;
    } else {
      hyphen = before && /^[-\u2010\u2011]$/u.test(segment);
      before = false;
    }
  }
  return words;
}

const rows = JSON.parse(readFileSync(file, "utf8"));
for (const row of rows) row.words = count(row.language, row.text);
writeFileSync(file, "[\n" + rows.map((r) => "  " + JSON.stringify(r)).join(",\n") + "\n]\n");
