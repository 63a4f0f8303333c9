import { useQuery } from "@tanstack/react-query";
import { freshet } from "../core/freshet";
import { useWords } from "../i18n";
import { Dialog } from "../ui/dialog";
import { ErrorState, Skeletons } from "../ui/states";
import { Time } from "../ui/time";
import { RichText } from "./rich-text";

/** What a post said before, newest first. */
export function HistoryDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useWords();
  const history = useQuery({
    queryKey: ["history", id],
    queryFn: ({ signal }) => freshet.get("/v1/posts/{id}/history", { path: { id }, signal }),
  });
  return (
    <Dialog title={t("post.history")} onClose={onClose}>
      {history.isPending && <Skeletons count={2} kind="row" />}
      {history.isError && (
        <ErrorState error={history.error} onRetry={() => void history.refetch()} />
      )}
      <ol className="versions">
        {history.data?.items.map((version) => (
          <li key={version.version}>
            <p className="soft">
              <Time at={version.written_at} />
            </p>
            <RichText text={version.text} entities={version.entities} />
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
