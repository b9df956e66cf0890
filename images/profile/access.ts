import { z } from "zod";
import { guestPath, oneLine } from "../field-schemas.ts";

/** What the access suite expects. */
export interface Access {
  /** Nobody logs in: no port to log in at, no log-in program, no password, no answer to a keyboard. */
  readonly isClosed: boolean;
  /** The sockets on which anybody may be heard; no others. */
  readonly listeners: readonly AllowedListener[];
  /** Services, sockets, timers and paths that may be active or enabled; `*` stands for any text. */
  readonly units: readonly string[];
  /** The shell of each account that may have one. */
  readonly loginShells: Readonly<Record<string, string>>;
}

/** A field that is left out fits anything. */
export interface AllowedListener {
  readonly protocol: "tcp" | "udp";
  readonly address?: string;
  readonly port?: number;
  /** The name of its process. */
  readonly process?: string;
}

export const accessSchema: z.ZodType<Access> = z.strictObject({
  isClosed: z.boolean(),
  listeners: z
    .array(
      z.strictObject({
        protocol: z.enum(["tcp", "udp"]),
        address: oneLine.exactOptional(),
        port: z.int().min(1).max(65_535).exactOptional(),
        process: oneLine.exactOptional(),
      }),
    )
    .max(200),
  units: z
    .array(
      z
        .string()
        .max(255)
        .regex(
          /^[A-Za-z0-9:_.@\\*-]+\.(service|socket|timer|path)$/,
          "expected a service, socket, timer or path, in which * may stand for any text",
        ),
    )
    .max(1000),
  loginShells: z.record(z.string().max(64), guestPath),
});
