import type { ComponentChildren } from 'preact';
import type { PipelineBody } from '../../../shared/schemas/api/pipeline.ts';
import type { Resource } from '../api/use-resource.ts';
import { Failure, StaleNotice } from './notice.tsx';

interface WithResourceProps<T> {
  readonly resource: Resource<T>;
  readonly pipeline: PipelineBody | null;
  readonly skeleton: ComponentChildren;
  readonly children: (data: T) => ComponentChildren;
}

/** A card's content in whichever state its answer is: on its way, there, there but old, or not to be had. */
export function WithResource<T>({ resource, pipeline, skeleton, children }: WithResourceProps<T>) {
  const { data, error, retry } = resource;
  if (data === null) {
    return error === null ? (
      <div class="loading">
        <span class="visually-hidden" role="status">
          Loading
        </span>
        {skeleton}
      </div>
    ) : (
      <Failure error={error} pipeline={pipeline} onRetry={retry} />
    );
  }
  return (
    <>
      {error !== null && <StaleNotice error={error} onRetry={retry} />}
      {children(data)}
    </>
  );
}
