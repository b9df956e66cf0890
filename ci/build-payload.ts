// Builds what the conformance suites need: on a machine that never did, that takes longer than a test waits for its run.
import { conformanceDisk } from "../images/payload/conformance-disk.ts";

const { diskPath } = await conformanceDisk();
process.stdout.write(`${diskPath}\n`);
