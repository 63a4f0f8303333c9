import { useWords } from "../i18n";
import { Dialog } from "../ui/dialog";
import { type Composing } from "./compose-context";
import { Composer } from "./composer";
import { RichText } from "./rich-text";

export function ComposeDialog({
  composing,
  onClose,
}: {
  composing: Composing;
  onClose: () => void;
}) {
  const { t } = useWords();
  const title =
    composing.kind === "edit"
      ? t("compose.editTitle")
      : composing.kind === "quote"
        ? t("compose.quoting", { name: composing.post.author.display_name })
        : t("compose.title");
  return (
    <Dialog title={title} onClose={onClose} wide>
      <Composer composing={composing} onDone={onClose} autoFocus />
      {composing.kind === "quote" && (
        <div className="quote">
          <RichText text={composing.post.text} entities={composing.post.entities} />
        </div>
      )}
    </Dialog>
  );
}
