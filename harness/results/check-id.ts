import { sha256OfText } from "../core/sha256.ts";
import { checkLimits } from "./check-record.ts";

const maxSegmentLength = 120;

/**
 * Joins segments to a stable check id. Free text, such as a Ginkgo spec name, becomes lower-case words with dashes; a
 * segment over 120 characters is cut and ends in a hash of the whole, so that two long names stay two ids.
 */
export const toCheckId = (...segments: readonly string[]): string => {
  const id = segments.flatMap((segment) => segment.split("/").map(toSegment)).join("/");
  return id.length <= checkLimits.idLength ? id : withHash(id, checkLimits.idLength);
};

const toSegment = (text: string): string => {
  const slug = text
    .toLowerCase()
    .replace(/[^a-z0-9+._-]+/g, "-")
    .replace(/^[-.]+|-+$/g, "");
  if (slug === "") return text === "" ? "empty" : `x${sha256OfText(text).slice(0, 8)}`;
  return slug.length <= maxSegmentLength ? slug : withHash(slug, maxSegmentLength, text);
};

const withHash = (slug: string, maxLength: number, whole: string = slug): string =>
  `${slug.slice(0, maxLength - 9).replace(/[/.-]+$/, "")}-${sha256OfText(whole).slice(0, 8)}`;
