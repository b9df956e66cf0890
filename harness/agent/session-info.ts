import { z } from "zod";

const text = z.string().max(256);

export const clockSampleSchema: z.ZodType<ClockSample> = z.object({
  monotonicNs: z.number(),
  boottimeNs: z.number(),
  realtimeUs: z.number(),
});

/** The guest's clocks at one moment. */
export interface ClockSample {
  readonly monotonicNs: number;
  readonly boottimeNs: number;
  readonly realtimeUs: number;
}

/** The agent's announcement: nobody has to answer it. */
export const readySchema: z.ZodType<{ bootId: string; agentVersion: string; pid: number }> =
  z.object({ bootId: text, agentVersion: text, pid: z.number() });

export const welcomeSchema: z.ZodType<Welcome> = z.object({
  nonce: text,
  bootId: text,
  agentVersion: text,
  kernelRelease: text,
  pid: z.number(),
  clock: clockSampleSchema,
});

export interface Welcome {
  readonly nonce: string;
  /** The kernel's random id of this boot: it tells a reboot from a restart of the agent. */
  readonly bootId: string;
  readonly agentVersion: string;
  readonly kernelRelease: string;
  readonly pid: number;
  readonly clock: ClockSample;
}

/** What both sides agreed on when the session began. */
export interface SessionInfo extends Welcome {
  readonly session: number;
}

/** The value of a JSON payload if it has the wanted form. The guest may send anything. */
export const parseJson = <T>(payload: Buffer, schema: z.ZodType<T>): T | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString("utf8"));
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
};
