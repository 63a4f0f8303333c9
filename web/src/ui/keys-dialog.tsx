import { type Key, useWords } from "../i18n";
import { Dialog } from "./dialog";

const KEYS: [string, Key][] = [
  ["j", "keys.next"],
  ["k", "keys.previous"],
  ["Enter", "keys.open"],
  ["l", "keys.like"],
  ["r", "keys.reply"],
  ["n", "keys.compose"],
  [".", "keys.newer"],
  ["h", "keys.home"],
  ["/", "keys.search"],
  ["?", "keys.help"],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([key, name]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(name)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
