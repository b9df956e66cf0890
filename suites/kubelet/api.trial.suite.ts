import { level } from "../../harness/index.ts";

// A control plane and two dozen pods take minutes, which a quick run does not have; then the client library is not even loaded.
if (level() !== "quick") await import("./api/checks.ts");
