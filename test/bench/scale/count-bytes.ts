/** Bytes of the bodies sent to and received from the database. */
export interface Traffic {
  readonly requests: number;
  readonly sent: number;
  readonly received: number;
  readonly largestRequest: number;
}

/** Counts the bytes that pass through `fetch` from now on. @returns a function that returns the count and resets it */
export function countTraffic(): () => Traffic {
  const real = globalThis.fetch;
  let traffic = { requests: 0, sent: 0, received: 0, largestRequest: 0 };
  globalThis.fetch = async (input, init) => {
    const size = typeof init?.body === 'string' ? Buffer.byteLength(init.body) : 0;
    traffic.requests++;
    traffic.sent += size;
    traffic.largestRequest = Math.max(traffic.largestRequest, size);
    const response = await real(input, init);
    const body = await response.arrayBuffer();
    traffic.received += body.byteLength;
    return new Response(body, response);
  };
  return () => {
    const passed = traffic;
    traffic = { requests: 0, sent: 0, received: 0, largestRequest: 0 };
    return passed;
  };
}
