import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { decodeAll } from "./testing/decode-all.ts";

// The Go side reads the same file: harness/agent/guest/frame/vectors_test.go.
const vectors = z
  .array(
    z.object({
      name: z.string(),
      framing: z.enum(["binary", "line"]),
      bytesHex: z.string(),
      frames: z.array(
        z.object({
          session: z.number(),
          seq: z.number(),
          ack: z.number(),
          type: z.number(),
          isFromHost: z.boolean(),
          hasMore: z.boolean(),
          payloadHex: z.string(),
        }),
      ),
      textHex: z.string(),
      damaged: z.number(),
      cuts: z.number(),
    }),
  )
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, "testdata/vectors.json"), "utf8")));

test.each(vectors)("$framing framing decodes $name", (vector) => {
  const bytes = Buffer.from(vector.bytesHex, "hex");
  const oneByOne = [...bytes].map((byte) => Buffer.from([byte]));
  for (const chunks of [[bytes], oneByOne]) {
    const { frames, text, damaged, cuts } = decodeAll(vector.framing, chunks);
    expect({
      frames: frames.map(({ payload, ...rest }) => ({
        ...rest,
        payloadHex: payload.toString("hex"),
      })),
      textHex: Buffer.from(text, "latin1").toString("hex"),
      damaged,
      cuts,
    }).toEqual({
      frames: vector.frames,
      textHex: vector.textHex,
      damaged: vector.damaged,
      cuts: vector.cuts,
    });
  }
});
