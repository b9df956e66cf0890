import {
  expect,
  type ImageFacts,
  matchesGlob,
  testImage,
  unseenParts,
  unsupported,
} from "../../harness/index.ts";
import { expectNone } from "./expect-none.ts";
import { closed, expected } from "./expected.ts";

/** What was not looked into may hold what was not found. */
const seenWhole = (facts: ImageFacts): void => {
  const unseen = unseenParts(facts);
  if (unseen.length > 0) unsupported(`Not everything was seen: ${unseen.join("; ")}`);
};

testImage(
  "access/shadow",
  {
    claim: "C07",
    title: "No account can be proven to be one's own: none has a password, an empty one, or a key",
  },
  ({ facts, evidence, figure }) => {
    closed();
    const { shadow, locked, withPassword, withEmptyPassword, authorizedKeys } = facts.accounts;
    if (shadow === "absent") return unsupported("The image has no /etc/shadow");
    evidence("accounts", `${locked} of them are locked`);
    figure("locked", locked, "count");
    expect({ withPassword, withEmptyPassword, authorizedKeys }).toEqual({
      withPassword: [],
      withEmptyPassword: [],
      authorizedKeys: [],
    });
    seenWhole(facts);
  },
);

testImage(
  "access/login-shells",
  {
    claim: "C07",
    title: "No account has a shell but the listed ones",
  },
  ({ facts, evidence }) => {
    const { loginShells } = closed();
    const seen = facts.accounts.loginShells.map(({ account, shell }) => `${account}: ${shell}`);
    evidence("accounts", seen.join(", ") || "no account has a shell");
    const listed = Object.entries(loginShells).map(([account, shell]) => `${account}: ${shell}`);
    expectNone(
      "shells",
      seen.filter((one) => !listed.includes(one)),
    );
    seenWhole(facts);
  },
);

testImage(
  "access/enabled-units",
  {
    claim: "C05",
    title: "No other services, sockets, timers and paths are enabled than the listed ones",
  },
  ({ facts, evidence, figure }) => {
    const enabled = [...new Set(facts.services.enabled.map(({ unit }) => unit))].filter((unit) =>
      /\.(service|socket|timer|path)$/.test(unit),
    );
    evidence("units", enabled.join(" "));
    figure("enabled", enabled.length, "count");
    if (expected === undefined) return unsupported("The profile lists no units");
    const { units } = expected;
    const unlisted = enabled.filter((unit) => !units.some((glob) => matchesGlob(glob, unit)));
    expectNone("units", unlisted);
    seenWhole(facts);
  },
);
