import { useEffect, useState } from 'preact/hooks';

/** Whether the page should poll: visible, and with a network. */
export interface PageActivity {
  isOnline(): boolean;
  isActive(): boolean;
  /** @returns a function that ends the subscription. */
  subscribe(listener: () => void): () => void;
}

export const pageActivity: PageActivity = {
  isOnline: () => navigator.onLine,
  isActive: () => navigator.onLine && document.visibilityState === 'visible',
  subscribe(listener) {
    document.addEventListener('visibilitychange', listener);
    window.addEventListener('online', listener);
    window.addEventListener('offline', listener);
    return () => {
      document.removeEventListener('visibilitychange', listener);
      window.removeEventListener('online', listener);
      window.removeEventListener('offline', listener);
    };
  },
};

export function useOnline(): boolean {
  const [online, setOnline] = useState(pageActivity.isOnline());
  useEffect(() => pageActivity.subscribe(() => setOnline(pageActivity.isOnline())), []);
  return online;
}
