// All checks of a node that has joined an API server: each file registers its own.
import "./node-checks.ts";
import "./start-checks.ts";
import "./probe-checks.ts";
import "./volume-checks.ts";
import "./stream-checks.ts";
import "./restart-checks.ts";
import "./refusal-checks.ts";
import "./end-checks.ts";
