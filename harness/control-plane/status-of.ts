import type { ClientRequest } from "node:http";

const patienceMs = 2000;

/** Sends a request without a body: true when the answer is 200, else what was seen. Never rejects. */
export const statusOf = async (request: ClientRequest): Promise<true | string> => {
  const { promise, resolve } = Promise.withResolvers<true | string>();
  request.setTimeout(patienceMs, () => request.destroy(new Error("no answer")));
  request.on("error", (error) => resolve(error.message));
  request.on("response", (response) => {
    response.resume();
    response.on("close", () =>
      resolve(response.statusCode === 200 ? true : `HTTP status ${response.statusCode}`),
    );
  });
  request.end();
  return await promise;
};
