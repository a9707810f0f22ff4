import { type RefObject, useEffect, useEffectEvent } from "react";

import { type Command, commandOf } from "./keys.ts";

/** The viewer's keys, wherever inside it the focus is. */
export function useKeys(root: RefObject<HTMLElement | null>, onCommand: (command: Command) => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const command = commandOf(event);
    const isPress = event.target instanceof HTMLButtonElement && event.key === " ";
    if (!command || isPress) return;
    event.preventDefault();
    onCommand(command);
  });
  useEffect(() => {
    const element = root.current;
    const listener = (event: KeyboardEvent) => press(event);
    element?.addEventListener("keydown", listener);
    return () => element?.removeEventListener("keydown", listener);
  }, [root]);
}
