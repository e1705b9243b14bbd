import { useEffect, useState } from 'preact/hooks';
import { pageActivity } from './page-activity.ts';

export function useOnline(): boolean {
  const [online, setOnline] = useState(pageActivity.isOnline());
  useEffect(() => pageActivity.subscribe(() => setOnline(pageActivity.isOnline())), []);
  return online;
}
