/** A rate limit binding of the platform: counts requests by key, approximately and at each of its sites. */
export interface RateLimiter {
  limit(request: { readonly key: string }): Promise<{ readonly success: boolean }>;
}
