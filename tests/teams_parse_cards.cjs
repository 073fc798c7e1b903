// What Microsoft's own Adaptive Cards library says of each card: node teams_parse_cards.cjs CARDS.json
// A part that it does not know is lost when it writes a card that it has read; those are named too.
const { createRequire } = require("module");
const { readFileSync } = require("fs");
const AC = createRequire(`${process.cwd()}/`)("adaptivecards/dist/adaptivecards.js");

// Not written, though read: what Teams adds, and fallbacks. Its check of `lang` fails on every other card.
const unwritten = new Set(["msteams", "fallback", "lang"]);

const lost = (given, written, path) => {
  if (typeof given !== "object" || given === null) return given === written ? [] : [`${path} is read as ${written}`];
  return Object.entries(given).flatMap(([name, inside]) => {
    if (unwritten.has(name)) return [];
    return written?.[name] === undefined ? [`${path}/${name} is not read`] : lost(inside, written[name], `${path}/${name}`);
  });
};

// The card as a client sees it that knows no Action.Execute.
const older = (given) => JSON.parse(JSON.stringify(given), (_, inside) => inside?.fallback ?? inside);

const problems = (given) => {
  const card = new AC.AdaptiveCard();
  const heard = new AC.SerializationContext(AC.Versions.v1_5);
  card.parse({ ...given, lang: undefined }, heard);
  const said = Array.from({ length: heard.eventCount }, (_, at) => heard.getEventAt(at).message);
  const invalid = card.validateProperties().validationEvents.map((each) => each.message);
  return [...said, ...invalid, ...lost(given, card.toJSON(new AC.SerializationContext(AC.Versions.v1_5)), "")];
};

for (const [name, given] of JSON.parse(readFileSync(process.argv[2], "utf8")))
  for (const problem of [...problems(given), ...problems(older(given))]) console.log(`${name}: ${problem}`);
