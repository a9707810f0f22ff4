import { Menu } from "@base-ui/react/menu";
import { displayName, type SignedIn } from "@imaging360/shared/auth/token.ts";
import { Icon, type IconName } from "@imaging360/shared/design/Icon.tsx";
import { chooseTheme, type Theme, useTheme } from "@imaging360/shared/design/theme.ts";
import { words } from "@imaging360/shared/format/text.ts";

import { auth } from "../backend.ts";
import styles from "./AccountMenu.module.css";

const THEMES: readonly { theme: Theme; name: string; icon: IconName }[] = [
  { theme: "system", name: "As the system", icon: "system" },
  { theme: "light", name: "Light", icon: "sun" },
  { theme: "dark", name: "Dark", icon: "moon" },
];

export function AccountMenu({ signedIn }: { signedIn: SignedIn }) {
  const name = displayName(signedIn);
  return (
    <Menu.Root>
      <Menu.Trigger className={styles["trigger"]} aria-label={`Account of ${name}`}>
        <span className={styles["name"]}>{name}</span>
        <span className={styles["initials"]} data-initials={initials(name)} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className={styles["positioner"]} sideOffset={6} align="end">
          <Menu.Popup className={styles["popup"]}>
            <div className={styles["who"]}>
              <strong>{name}</strong>
              <span>
                {words(signedIn.role)} · {signedIn.email}
              </span>
            </div>
            <Themes />
            <div className={styles["separator"]} role="separator" />
            <Menu.Item className={styles["item"]} onClick={() => auth.end("signed-out")}>
              <Icon name="signOut" /> Sign out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Themes() {
  const chosen = useTheme();
  return (
    <Menu.RadioGroup value={chosen} onValueChange={(theme: Theme) => chooseTheme(theme)}>
      <div className={styles["label"]}>Appearance</div>
      {THEMES.map(({ theme, name, icon }) => (
        <Menu.RadioItem key={theme} value={theme} className={styles["item"]}>
          <Icon name={icon} /> {name}
          <Menu.RadioItemIndicator className={styles["check"]}>
            <Icon name="check" size={16} />
          </Menu.RadioItemIndicator>
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}

function initials(name: string): string {
  const parts = name.split(/[\s.@-]+/).filter(Boolean);
  return parts.slice(0, 2).map((part) => part.charAt(0).toUpperCase()).join("");
}
