/** Monotonic time of this host process, injected wherever something waits so that tests need no real seconds. */
export interface Clock {
  /** Milliseconds since an arbitrary origin; never goes back. */
  nowMs(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

export const hostClock: Clock = {
  nowMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, Math.max(0, Math.min(delayMs, 2_147_483_647)));
    return () => clearTimeout(timer);
  },
};
