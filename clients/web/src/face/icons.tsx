/** The page's drawings; each is decoration, the button around it has the words. */

import type { ComponentChildren } from "preact";

export function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const MicrophoneIcon = () => (
  <Icon>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" />
  </Icon>
);

export const MicrophoneOffIcon = () => (
  <Icon>
    <path d="M9 9v2a3 3 0 0 0 5.1 2.1M15 11V6a3 3 0 0 0-5.7-1.3" />
    <path d="M5.5 11.5a6.5 6.5 0 0 0 11 4.7M18.3 13a6.5 6.5 0 0 0 .2-1.5M12 18v3" />
    <path d="m4 4 16 16" />
  </Icon>
);

export const StopIcon = () => (
  <Icon>
    <rect x="7" y="7" width="10" height="10" rx="2" class="solid" />
  </Icon>
);

export const SendIcon = () => (
  <Icon>
    <path d="M12 19V6M6.5 11 12 5.5 17.5 11" />
  </Icon>
);

export const SettingsIcon = () => (
  <Icon>
    <path d="M4 7h9M18 7h2M4 17h2M11 17h9" />
    <circle cx="15.5" cy="7" r="2.5" />
    <circle cx="8.5" cy="17" r="2.5" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="m6 6 12 12M18 6 6 18" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <rect x="9" y="9" width="11" height="11" rx="2" />
    <path d="M5 15V6a2 2 0 0 1 2-2h8" />
  </Icon>
);

/** Three strings of a flowing sound. */
export const BrandIcon = () => (
  <Icon>
    <path d="M3 9c3-4 6-4 9 0s6 4 9 0" />
    <path d="M3 14c3-4 6-4 9 0s6 4 9 0" opacity=".65" />
    <path d="M3 19c3-4 6-4 9 0s6 4 9 0" opacity=".35" />
  </Icon>
);
