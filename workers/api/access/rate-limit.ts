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

/** Limits the requests of each client, identified by its address; OPTIONS costs nothing. */
export function limitRequests(limiter: RateLimiter): MiddlewareHandler {
  return async (c, next) => {
    if (!UNLIMITED.has(c.req.path) && c.req.method !== 'OPTIONS') {
      const { success } = await limiter.limit({ key: c.req.header('CF-Connecting-IP') ?? 'unknown' });
      if (!success)
        throw new ApiProblem('rate-limited', 'Too many requests from this address; wait a minute');
    }
    await next();
  };
}
