/** A line of a page of evidence: plain English with names in backticks. */
export function Prose({ text }: { text: string }) {
  return (
    <span lang="en">
      {text.split('`').map((part, index) =>
        index % 2 === 1 ? (
          <code key={index} className="wb-mono">
            {part}
          </code>
        ) : (
          part
        ),
      )}
    </span>
  );
}
