import type { MiddlewareHandler } from 'hono';
import { ApiProblem } from '../problems/api-problem.ts';
import type { ReportError } from '../problems/send-problem.ts';

/** A rate limit binding of the platform: counts requests by key, approximately and at each of its sites. */
export interface RateLimiter {
  limit(request: { readonly key: string }): Promise<{ readonly success: boolean }>;
}

/**
 * The same limiter, but one that fails limits nobody: it protects the API, and must not be what brings it down. Its
 * counters may lie on the disk that is full.
 */
export function letThroughOnFailure(limiter: RateLimiter, report: ReportError): RateLimiter {
  return {
    limit: async (request) => {
      try {
        return await limiter.limit(request);
      } catch (error) {
        report(error, 'of the rate limiter');
        return { success: true };
      }
    },
  };
}

/** Load balancers poll these constantly, and they cost almost nothing. */
const UNLIMITED = new Set(['/v1/health', '/v1/ready']);

/**
 * Limits the requests of each client, identified by its key where it sends a valid one and by its address otherwise:
 * the tills and the dashboards of a shop share an address. OPTIONS costs nothing.
 *
 * @param identify names the caller of an Authorization header; null without a valid key
 */
export function limitRequests(
  limiter: RateLimiter,
  identify: (authorization: string | undefined) => Promise<string | null>,
): MiddlewareHandler {
  return async (c, next) => {
    if (!UNLIMITED.has(c.req.path) && c.req.method !== 'OPTIONS') {
      const caller = await identify(c.req.header('Authorization'));
      const key = caller === null ? (c.req.header('CF-Connecting-IP') ?? 'unknown') : `key:${caller}`;
      const { success } = await limiter.limit({ key });
      if (!success) {
        const whose = caller === null ? 'from this address' : 'with this key';
        throw new ApiProblem('rate-limited', `Too many requests ${whose}; wait a minute`);
      }
    }
    await next();
  };
}
