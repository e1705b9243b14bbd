/** Keeps the picker's place until the catalog is there. */
export function SeriesPickerSkeleton() {
  return (
    <div class="series-picker" aria-hidden="true">
      {['Store', 'Family'].map((label) => (
        <div class="picker" key={label}>
          <span class="caption">{label}</span>
          <div class="skeleton skeleton-picker" />
        </div>
      ))}
    </div>
  );
}
