const TICKS = Array.from({ length: 72 }, (_, index) => index);

/** The dial of a turntable: a tick for every 5 degrees, a longer one for every frame of 24. */
export function Dial({ className }: { className: string }) {
  return (
    <svg className={className} viewBox="-100 -100 200 200" aria-hidden="true">
      <circle r="98" />
      <circle r="70" />
      {TICKS.map((tick) => (
        <line
          key={tick}
          y1={tick % 3 === 0 ? -84 : -91}
          y2={-96}
          transform={`rotate(${tick * 5})`}
          data-frame={tick % 3 === 0}
        />
      ))}
    </svg>
  );
}
