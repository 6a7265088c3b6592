/** The line icons of the pages, 24 × 24, in the colour of the text. Decorative: what they mean is always said in words too. */
const PATHS = {
  check: 'M4.5 12.500l5 5 10-11',
  cross: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  trash: 'M4 7h16M9 7V4.500h6V7M6.5 7l1 13h9l1-13M10 11v5.500M14 11v5.5',
  up: 'M12 19V5M6 11l6-6 6 6',
  down: 'M12 5v14M6 13l6 6 6-6',
  copy: 'M9 9h11v11H9zM15 9V4H4v11h5',
  play: 'M7 4.500v15l12-7.500z',
  next: 'M5 5l8 7-8 7zM18 5v14',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.500a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z',
  flag: 'M5 21V4h13l-3 4.5 3 4.500H5',
  download: 'M12 4v11M7 11l5 5 5-5M4.5 20h15',
  upload: 'M12 16V5M7 9.500l5-5 5 5M4.5 20h15',
  screen: 'M3 5h18v11.500H3zM9 20.500h6M12 16.500v4',
  back: 'M19 12H5M11 6l-6 6 6 6',
  lock: 'M6 11h12v9.500H6zM8.5 11V7.500a3.5 3.5 0 0 1 7 0V11',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.500M12 7.500v.1',
  alert: 'M12 4L2.5 20h19zM12 10v5M12 17.500v.1',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.500l3.5 2',
  people:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-4 2.8-6 6.5-6s6.5 2 6.5 6M16 4.500a3.5 3.5 0 0 1 0 6.500M17.5 14.500c2.5.7 4 2.5 4 5.5',
  trophy: 'M7 4h10v6a5 5 0 0 1-10 0zM7 5.500H3.500c0 3.5 1.5 5 4 5M17 5.500h3.500c0 3.5-1.5 5-4 5M12 15v3M8 20.500h8',
  edit: 'M4 20l1-4.500L16 4.500l3.5 3.500L8.5 19z',
  offline:
    'M3 3l18 18M5 12.500a10 10 0 0 1 4-2.400M2 9a15 15 0 0 1 4.5-2.800M11 5a15 15 0 0 1 11 4M15 10.500a10 10 0 0 1 4 2M8.5 16a5 5 0 0 1 7 0M12 19.500v.1',
  out: 'M14 4H5v16h9M10 12h10.500M17 8l4 4-4 4',
  expand: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
} as const

export type IconName = keyof typeof PATHS

export const Icon = ({ name, size = 20 }: { name: IconName; size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path
      d={PATHS[name]}
      fill="none"
      stroke="currentColor"
      strokeWidth="2.25"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  </svg>
)
