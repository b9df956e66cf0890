/** What a stream went through; part of every result. All counts are since the stream was opened, both ways. */
export interface LinkCounters {
  readonly framesSent: number;
  readonly framesReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Frames whose CRC or form was wrong, or that never ended. */
  readonly damaged: number;
  /** Frames that this side sent again. */
  readonly resent: number;
  readonly duplicates: number;
  /** Frames with a right CRC that belong to another session or run in the wrong direction; never believed. */
  readonly foreignSession: number;
  /** Lines of the kernel cut out of frames. */
  readonly consoleCuts: number;
}

export type MutableCounters = { -readonly [Name in keyof LinkCounters]: number };

export const noCounts = (): MutableCounters => ({
  framesSent: 0,
  framesReceived: 0,
  bytesSent: 0,
  bytesReceived: 0,
  damaged: 0,
  resent: 0,
  duplicates: 0,
  foreignSession: 0,
  consoleCuts: 0,
});
