// Generated from the server's /openapi.json by `npm run -w sdk generate`. Do not edit.

export interface paths {
  "/.well-known/jwks.json": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The public keys that access tokens are signed with */
    get: operations["get-well-known-jwks-json"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/admin/claim": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The form of the one-time link */
    get: operations["get-admin-claim"];
    put?: never;
    /** Become the first administrator */
    post: operations["post-admin-claim"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/avatars/{file}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * A picture for somebody who has none
     * @description `/avatars/{id}.svg` is a portrait made from an account's id, always the same. Show it where `avatar_url` is null.
     */
    get: operations["get-avatars-file"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/docs": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** This API as a page to read */
    get: operations["get-docs"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/healthz": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether the process is alive */
    get: operations["get-healthz"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/metrics": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Metrics for Prometheus */
    get: operations["get-metrics"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/openapi.json": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** This API as an OpenAPI document */
    get: operations["get-openapi-json"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/readyz": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether requests can be served */
    get: operations["get-readyz"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Sign up
     * @description Makes an account and signs it in.
     */
    post: operations["post-v1-accounts"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/lookup": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** An account by its user name */
    get: operations["get-v1-accounts-lookup"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/search": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Find accounts by the beginnings of their names
     * @description Every word of the query begins the user name or a word of the display name. The account of that user name comes first, then whole words before beginnings, and those whom the reader follows, the verified and the much followed before others.
     */
    get: operations["get-v1-accounts-search"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/suggestions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * People whom the reader may know
     * @description Those whom many of the people that the reader follows follow; there is one page.
     */
    get: operations["get-v1-accounts-suggestions"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** An account */
    get: operations["get-v1-accounts-id"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}/block": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Block an account
     * @description Ends follows and requests both ways; neither sees the other any more.
     */
    put: operations["put-v1-accounts-id-block"];
    post?: never;
    /**
     * Unblock an account
     * @description What the block ended stays ended.
     */
    delete: operations["delete-v1-accounts-id-block"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}/follow": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Follow an account
     * @description Its posts come to the reader's home from now on, the earlier ones too. A private account is asked first: `requested` is true until it has decided. Repeating it changes nothing.
     */
    put: operations["put-v1-accounts-id-follow"];
    post?: never;
    /**
     * Unfollow an account
     * @description Takes a request back too.
     */
    delete: operations["delete-v1-accounts-id-follow"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}/followers": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who follows an account
     * @description Of a private account only its followers see this.
     */
    get: operations["get-v1-accounts-id-followers"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}/following": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Whom an account follows
     * @description Of a private account only its followers see this.
     */
    get: operations["get-v1-accounts-id-following"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}/mute": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Mute an account
     * @description Keeps it out of home, notifications and live streams, and nobody is told. Its page and its posts are there for who looks for them. Muting again sets the end anew.
     */
    put: operations["put-v1-accounts-id-mute"];
    post?: never;
    /** Unmute an account */
    delete: operations["delete-v1-accounts-id-mute"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/accounts/{id}/posts": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** An account's posts */
    get: operations["get-v1-accounts-id-posts"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/accounts/{id}/verified": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Give an account the verified mark */
    put: operations["put-v1-admin-accounts-id-verified"];
    post?: never;
    /** Take the verified mark from an account */
    delete: operations["delete-v1-admin-accounts-id-verified"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/accounts/{username}/grant-admin": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Make somebody an administrator
     * @description Their next session has the scope admin.
     */
    post: operations["post-v1-admin-accounts-username-grant-admin"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/audit": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What administrators did
     * @description Newest first. Every write with the scope admin is here before it is done; one that was refused is taken out again, because it changed nothing.
     */
    get: operations["get-v1-admin-audit"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/backups": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Backups since the last start */
    get: operations["get-v1-admin-backups"];
    put?: never;
    /**
     * Take a backup while everything goes on
     * @description It holds everything that was answered before it began. Watch it by its id.
     */
    post: operations["post-v1-admin-backups"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/backups/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One of them, and how far it is */
    get: operations["get-v1-admin-backups-id"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/dead-letters": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Records that could not be processed */
    get: operations["get-v1-admin-dead-letters"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/dead-letters/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One of them */
    get: operations["get-v1-admin-dead-letters-id"];
    put?: never;
    post?: never;
    /** Give one up for good */
    delete: operations["delete-v1-admin-dead-letters-id"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/dead-letters/{id}/replay": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Process one again
     * @description Appends the original to its topic again, for the group that gave it up.
     */
    post: operations["post-v1-admin-dead-letters-id-replay"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/imports": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How far a file was brought in */
    get: operations["get-v1-admin-imports"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/imports/graph": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Bring in follows
     * @description Lines as in a file for `freshet import`. They come in by transactions of 2,000, each of which moves the file's position, so that repeating a batch is refused and one that was interrupted goes on from the position.
     */
    post: operations["post-v1-admin-imports-graph"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/imports/posts": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Bring in posts
     * @description Lines as in a file for `freshet import`. They come in by transactions of 2,000, each of which moves the file's position, so that repeating a batch is refused and one that was interrupted goes on from the position.
     */
    post: operations["post-v1-admin-imports-posts"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/lag": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How far consumers are behind */
    get: operations["get-v1-admin-lag"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/rebuilds": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Rebuilds since the last start */
    get: operations["get-v1-admin-rebuilds"];
    put?: never;
    /**
     * Make something anew while everything goes on
     * @description Watch it by its id. It ends with the process, and is then begun again by hand.
     */
    post: operations["post-v1-admin-rebuilds"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/rebuilds/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** One of them, and how far it is */
    get: operations["get-v1-admin-rebuilds-id"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/state": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Every component's state */
    get: operations["get-v1-admin-state"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/admin/topics": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The event log's topics, groups and lag */
    get: operations["get-v1-admin-topics"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/comments/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Delete a comment
     * @description For its author and the author of the post. Where there are replies, it stays in its place without its text and author.
     */
    delete: operations["delete-v1-comments-id"];
    options?: never;
    head?: never;
    /** Edit a comment */
    patch: operations["patch-v1-comments-id"];
    trace?: never;
  };
  "/v1/comments/{id}/like": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Like a comment
     * @description Repeating it changes nothing.
     */
    put: operations["put-v1-comments-id-like"];
    post?: never;
    /** Take a like of a comment back */
    delete: operations["delete-v1-comments-id-like"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/email/confirmation": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Where the link leads that confirms an address */
    get: operations["get-v1-email-confirmation"];
    put?: never;
    /**
     * Confirm an address
     * @description With the token of the mailed link; needs no session.
     */
    post: operations["post-v1-email-confirmation"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/email/unsubscribe": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Where the link at the end of a digest leads */
    get: operations["get-v1-email-unsubscribe"];
    put?: never;
    /**
     * End one's digests
     * @description With the token of the mailed link; needs no session. Mail programs call it for their people (RFC 8058).
     */
    post: operations["post-v1-email-unsubscribe"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Tell of what the reader does
     * @description What was in sight and whose profile was visited: what is ranked for the reader learns from it. Each event is judged by itself.
     */
    post: operations["post-v1-events"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/feed": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The home feed
     * @description The posts of those whom the reader follows, and the reader's own.
     */
    get: operations["get-v1-feed"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/feed/newer": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How many posts are newer than a page */
    get: operations["get-v1-feed-newer"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/follow-requests": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Who asked to follow the reader
     * @description Newest first. When a private account becomes public, everybody who asked follows it.
     */
    get: operations["get-v1-follow-requests"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/follow-requests/{account_id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Let somebody follow who asked to */
    put: operations["put-v1-follow-requests-account_id"];
    post?: never;
    /**
     * Refuse a follow request
     * @description Whoever asked is not told.
     */
    delete: operations["delete-v1-follow-requests-account_id"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/hashtags/search": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Find hashtags by their beginnings
     * @description To complete what somebody writes: the most used first; there is one page. Only public posts count, and only tags are shown of which the reader may read a recent public post.
     */
    get: operations["get-v1-hashtags-search"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/hashtags/{tag}/posts": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The posts with a hashtag
     * @description Newest first, however the tag is spelt; without the #, or with %23.
     */
    get: operations["get-v1-hashtags-tag-posts"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The signed-in account */
    get: operations["get-v1-me"];
    put?: never;
    post?: never;
    /**
     * Erase one's account
     * @description At once nobody sees the account or anything of it any more, and its sessions end. What it wrote, liked and followed, and what is kept about it, is then removed for good from every store. It cannot be undone.
     */
    delete: operations["delete-v1-me"];
    options?: never;
    head?: never;
    /**
     * Edit one's profile and settings
     * @description Members that are left out stay; null empties.
     *
     *     If-Match takes the ETag of GET /v1/me and looks at what can be edited alone: a new follower does not stand in the way.
     */
    patch: operations["patch-v1-me"];
    trace?: never;
  };
  "/v1/me/blocks": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whom the reader blocks */
    get: operations["get-v1-me-blocks"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/deleted": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Deleted posts that the reader can have back
     * @description Last deleted first. What stood under them is counted again when they are restored.
     */
    get: operations["get-v1-me-deleted"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/email/confirmation": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Have the link mailed again that confirms one's address
     * @description A new address is sent one without being asked. There is a pause between two of them.
     */
    post: operations["post-v1-me-email-confirmation"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/export": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Everything that is kept about oneself
     * @description A ZIP archive, written while it is read: for each kind of thing a file with a JSON array. Of other people it has only what they show to the reader.
     */
    get: operations["get-v1-me-export"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/likes": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The posts that one likes, the newest first
     * @description Posts that are gone, or not for the reader any more, are left out.
     */
    get: operations["get-v1-me-likes"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/mentions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The posts that mention the reader */
    get: operations["get-v1-me-mentions"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/muted-words": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What the reader does not want to read */
    get: operations["get-v1-me-muted-words"];
    /**
     * Mute words and phrases
     * @description Adds them to those that are muted; one that is muted already gets the new end. Posts of others in which one stands are kept out of home.
     */
    put: operations["put-v1-me-muted-words"];
    post?: never;
    /** Unmute a word, or all of them */
    delete: operations["delete-v1-me-muted-words"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/mutes": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whom the reader mutes */
    get: operations["get-v1-me-mutes"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/notification-preferences": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What the reader wants to be told of */
    get: operations["get-v1-me-notification-preferences"];
    /**
     * Say what to be told of
     * @description Replaces all preferences. They count for what happens from now on.
     */
    put: operations["put-v1-me-notification-preferences"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/password": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Change one's password
     * @description Ends all other sessions.
     */
    post: operations["post-v1-me-password"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/push-subscriptions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Which of one's browsers are told of notifications */
    get: operations["get-v1-me-push-subscriptions"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/push-subscriptions/current": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Tell this browser of notifications
     * @description The body is what the browser's PushManager.subscribe() gives, as JSON.stringify() writes it. It belongs to the session: signing out ends it, and another one takes its place.
     *
     *     A message is JSON: id, tag (the notification's group: what comes again replaces what was there), type, title, body, count, unread_count, post_id, comment_id. Kinds that are not set to push are not sent, and in quiet hours messages wait.
     */
    put: operations["put-v1-me-push-subscriptions-current"];
    post?: never;
    /**
     * Tell this browser no more
     * @description Signing out does the same.
     */
    delete: operations["delete-v1-me-push-subscriptions-current"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/push-subscriptions/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Tell one of one's browsers no more */
    delete: operations["delete-v1-me-push-subscriptions-id"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/saved": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The posts that one saved, the one saved last first
     * @description Posts that are gone, or not for the reader any more, are left out.
     */
    get: operations["get-v1-me-saved"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/sessions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Where one is signed in
     * @description Newest first.
     */
    get: operations["get-v1-me-sessions"];
    put?: never;
    post?: never;
    /**
     * Sign out everywhere else
     * @description Ends all sessions but the one that the token belongs to.
     */
    delete: operations["delete-v1-me-sessions"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/me/sessions/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * End one of one's sessions
     * @description Its tokens are refused from now on.
     */
    delete: operations["delete-v1-me-sessions-id"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/notifications": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The reader's notifications
     * @description Newest first. What happened to one thing within a day is one notification, which moves to the front when somebody joins. What the reader may no longer see, or what was taken back, is not there.
     */
    get: operations["get-v1-notifications"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/notifications/read": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Mark notifications as read
     * @description All up to the one that is named; answers how many are left.
     */
    post: operations["post-v1-notifications-read"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/notifications/unread-count": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How many notifications are not read */
    get: operations["get-v1-notifications-unread-count"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/posts": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Several posts
     * @description Posts that do not exist, or that the reader may not see, are left out.
     */
    get: operations["get-v1-posts"];
    put?: never;
    /** Publish a post */
    post: operations["post-v1-posts"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/posts/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** A post */
    get: operations["get-v1-posts-id"];
    put?: never;
    post?: never;
    /**
     * Delete a post
     * @description Its author can have it back for a while.
     */
    delete: operations["delete-v1-posts-id"];
    options?: never;
    head?: never;
    /**
     * Edit a post
     * @description Members that are left out stay as they are. What the post said before stays readable in its history. With the ETag of a post in If-Match, an edit of a post that changed since is refused.
     */
    patch: operations["patch-v1-posts-id"];
    trace?: never;
  };
  "/v1/posts/{id}/comments": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The comments on a post
     * @description Pages neither repeat nor skip a comment while others are written and liked.
     */
    get: operations["get-v1-posts-id-comments"];
    put?: never;
    /** Comment on a post */
    post: operations["post-v1-posts-id-comments"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/posts/{id}/history": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * What a post said before
     * @description Every version, the present one first. A version that was replaced while fewer people could see the post is shown to those only.
     */
    get: operations["get-v1-posts-id-history"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/posts/{id}/like": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Like a post
     * @description Repeating it changes nothing.
     */
    put: operations["put-v1-posts-id-like"];
    post?: never;
    /** Take a like back */
    delete: operations["delete-v1-posts-id-like"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/posts/{id}/likes": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Those who like a post
     * @description In the order of their accounts' age. Of a post with very many likes not all can be paged through; its count is exact.
     */
    get: operations["get-v1-posts-id-likes"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/posts/{id}/restore": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Restore a deleted post
     * @description It comes back at its place in every list, with its likes and comments, as long as it is in /v1/me/deleted. A post that is not deleted stays as it is.
     */
    post: operations["post-v1-posts-id-restore"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/posts/{id}/save": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Save a post for later
     * @description Repeating it changes nothing.
     */
    put: operations["put-v1-posts-id-save"];
    post?: never;
    /** Save a post no longer */
    delete: operations["delete-v1-posts-id-save"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/posts/{id}/shares": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Share a post
     * @description It comes to the homes of one's followers, to those who may see it. Sharing what somebody shared shares the original. Repeating it changes nothing.
     */
    post: operations["post-v1-posts-id-shares"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/posts/{id}/shares/mine": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Share a post no longer */
    delete: operations["delete-v1-posts-id-shares-mine"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/push/key": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The key that browsers subscribe to pushes with */
    get: operations["get-v1-push-key"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/sessions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Sign in
     * @description After some wrong passwords for a name, or from an address, each further attempt has to wait twice as long as the one before.
     */
    post: operations["post-v1-sessions"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/sessions/current": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Sign out
     * @description Ends the session that the token belongs to; its tokens are refused from now on. A cookie that keeps its refresh token ends too, and one of another session stays.
     */
    delete: operations["delete-v1-sessions-current"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/sessions/refresh": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Trade a refresh token for a new session
     * @description A refresh token works once; the answer says whose session it is. When the answer was lost, it may be sent again, as long as no token that came of it was used; afterwards using it again ends its session everywhere.
     *
     *     The server's own page sends `cookie` and leaves `refresh_token` out: the token is then in the cookie `freshet_refresh`, which sign-up and sign-in set when they are asked to with `cookie`.
     */
    post: operations["post-v1-sessions-refresh"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/v1/stream": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Live updates
     * @description A WebSocket, or Server-Sent Events. Messages are {id, event, data}; events: post.created, post.updated, post.deleted, post.unshared (id, and account_id of who had shared it), post.counts, notification, subscribed, error, ping, and reset when the reader should read its feed and inbox afresh, because it was too slow or away for too long.
     *
     *     A WebSocket sends its access token in Sec-WebSocket-Protocol, or as its first message {"token": "..."}; for Server-Sent Events it comes in the Authorization header.
     *
     *     Who comes back sends the greatest id that it has seen, as the header Last-Event-ID or as {"last_event_id": "..."} in a WebSocket's message, and is sent the posts and notifications that it missed. A message may come twice; its id tells.
     *
     *     {"subscribe": {"posts": ["1", "2"]}} on a WebSocket, or the parameter posts, asks for the counts of these posts: subscribed answers with those that the reader may see, and post.counts tells of changes, at most once a second for each post.
     */
    get: operations["get-v1-stream"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    /** @description A person, as others see them. */
    Account: {
      id: string;
      username: string;
      display_name: string;
      bio: string;
      avatar_url: string | null;
      verified: boolean;
      private: boolean;
      /** Format: int64 */
      followers_count: number;
      /** Format: int64 */
      following_count: number;
      /** Format: int64 */
      posts_count: number;
      /** Format: date-time */
      created_at: string;
      /** @description Only for a signed-in reader of somebody else. */
      relationship?: components["schemas"]["Relationship"];
      /** @description Only for oneself. */
      settings?: components["schemas"]["Settings"];
      /** @description Only for oneself. */
      email?: string | null;
      /** @description Whether the link that was mailed to it was followed. Only for oneself. */
      email_confirmed?: boolean;
      /**
       * Format: date-time
       * @description To within some minutes. Only for oneself and for administrators.
       */
      last_active_at?: string;
    };
    /** @description One thing that an administrator did. */
    AuditEntry: {
      id: string;
      /** Format: date-time */
      at: string;
      /**
       * @description operator: the command line of the server.
       * @enum {string}
       */
      by: "account" | "operator";
      /** @description Whose token it was; absent for the operator. */
      account_id?: string;
      action: string;
      /** @description The path that was called. */
      target: string;
      /** @description The body, when it was short and held no secret. */
      details: string;
      request_id: string;
      /**
       * Format: int64
       * @description Of the answer; absent while it is not known, and when the process ended before.
       */
      status?: number;
    };
    /** @description Who wrote a post. */
    Author: {
      id: string;
      username: string;
      display_name: string;
      avatar_url: string | null;
      verified: boolean;
    };
    /** @description Where a backup goes. */
    BackupRequest: {
      /** @description A name in the folder that the option backups.folder names; from the command line of the server's machine any absolute path. It must not be there. */
      folder: string;
    };
    /** @description The password of tomorrow. */
    ChangePassword: {
      /**
       * Format: password
       * @description May be absent only where the account has no password yet.
       */
      current?: string;
      /** Format: password */
      new: string;
    };
    /** @description Something that the signed-in person did. */
    ClientEvent: {
      /** @description Made by the client; an event that is sent again has the same. */
      id: string;
      /** @description view. */
      type: string;
      subject: components["schemas"]["EventSubject"];
      /**
       * Format: date-time
       * @description When it happened, by the client's clock.
       */
      at: string;
      /**
       * Format: int64
       * @description How long it was in sight. In ms.
       */
      dwell_ms?: number;
    };
    /** @description What came of a batch. */
    Collected: {
      /** Format: int64 */
      accepted: number;
      /** @description Do not send these again. */
      rejected: components["schemas"]["RejectedEvent"][];
    };
    /** @description What somebody said about a post. */
    Comment: {
      id: string;
      post_id: string;
      reply_to?: string;
      /** @description null when the comment was deleted. */
      author: components["schemas"]["Author"] | null;
      text: string;
      entities: components["schemas"]["PostEntity"][];
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      edited_at: string | null;
      /** @description The comment was deleted and stays in its place because of its replies. */
      deleted: boolean;
      counts: components["schemas"]["CommentCounts"];
      viewer: components["schemas"]["CommentViewer"];
    };
    CommentCounts: {
      /** Format: int64 */
      likes: number;
      /** Format: int64 */
      replies: number;
    };
    /** @description What the reader did with the comment. */
    CommentViewer: {
      liked: boolean;
    };
    /** @description A part of the installation. */
    ComponentState: {
      name: string;
      values: {
        [key: string]: unknown;
      };
    };
    /** @description A comment to write under a post. */
    CreateComment: {
      /** @description Mentions (@name), hashtags (#topic) and links are found in it. */
      text: string;
      /** @description A comment under the same post. Replies are one level deep: a reply to a reply joins the same comment's replies. */
      reply_to?: string;
    };
    /** @description A post to publish. */
    CreatePost: {
      /** @description Mentions (@name), hashtags (#topic) and links are found in it. */
      text: string;
      /**
       * @description friends: only those who follow the author and whom the author follows.
       * @default public
       * @enum {string}
       */
      privacy?: "public" | "friends" | "private";
      location?: components["schemas"]["Location"];
      /** @description A post to show within this one, to those who may see it. */
      quote_of?: string;
    };
    /** @description A record that a group gave up, with the reason. */
    DeadLetter: {
      id: string;
      topic: string;
      /** Format: int64 */
      partition: number;
      /** Format: int64 */
      offset: number;
      group: string;
      error: string;
      /** Format: int64 */
      attempts: number;
      /** Format: date-time */
      failed_at: string;
      key: string;
      value: string;
    };
    /** @description A post that its author deleted and can have back. */
    DeletedPost: {
      post: components["schemas"]["Post"];
      /** Format: date-time */
      deleted_at: string;
      /**
       * Format: date-time
       * @description Afterwards it is removed for good.
       */
      restorable_until: string;
    };
    /** @description What a comment says from now on. */
    EditComment: {
      text: string;
    };
    /** @description What to change about a post; members that are left out stay as they are. */
    EditPost: {
      text?: string;
      /** @enum {string} */
      privacy?: "public" | "friends" | "private";
      /** @description null takes it away. */
      location?: components["schemas"]["Location"] | null;
    };
    /** @description What changes; members that are left out stay, null empties. */
    EditProfile: {
      /** @description The name that people see. */
      display_name?: string;
      bio?: string | null;
      /** @description An address with https or http, or a path on this server. */
      avatar_url?: string | null;
      /** @description Whether only those whom one accepts may follow and read. */
      private?: boolean;
      /**
       * Format: email
       * @description Never shown to others. A new address counts when the link that is mailed to it was followed.
       */
      email?: string | null;
      settings?: components["schemas"]["EditSettings"];
    };
    /** @description Settings that change; those that are left out stay. */
    EditSettings: {
      /** @description Such as "pt-BR" (BCP 47). */
      language?: string | null;
      /** @description Such as "Europe/Lisbon" (IANA). */
      time_zone?: string | null;
      /** @description Whether the search for accounts finds them. */
      discoverable?: boolean;
    };
    /** @description What stands under the post now. */
    Engagement: {
      counts: components["schemas"]["PostCounts"];
      viewer: components["schemas"]["PostViewer"];
    };
    /** @description That somebody really wants to leave. */
    EraseAccount: {
      /**
       * Format: password
       * @description May be absent only where the account has no password.
       */
      password?: string;
    };
    /** @description Events, in the order in which they happened. */
    EventBatch: {
      events: components["schemas"]["ClientEvent"][];
    };
    /** @description What an event is about. */
    EventSubject: {
      /** @description post, or account for its profile. */
      kind: string;
      id: string;
    };
    /** @description A post and how it came here. */
    FeedItem: {
      post: components["schemas"]["Post"];
      /** @enum {string} */
      source: "timeline" | "celebrity";
      /**
       * Format: double
       * @description In ranked order; comparable with the scores of the same page.
       */
      score?: number;
      /**
       * @description In ranked order: what moved the post up most, the strongest first.
       * @default []
       */
      why: string[];
    };
    /** @description A page of the home feed. */
    FeedPage: {
      items: components["schemas"]["FeedItem"][];
      next: string | null;
      /** @description For /v1/feed/newer. */
      newest: string;
      served: components["schemas"]["Served"];
    };
    /** @description A consumer group of a topic. */
    GroupReport: {
      group: string;
      /**
       * Format: int64
       * @description In records.
       */
      lag: number;
      /** Format: int64 */
      members: number;
    };
    /** @description A hashtag that is in use. */
    Hashtag: {
      /** @description Without the #, in lower case. */
      tag: string;
      /**
       * Format: int64
       * @description In how many public posts it stands.
       */
      uses: number;
    };
    /** @description Whether the process can do its work. */
    Health: {
      /** @description ok or failing */
      status: string;
      problems: string[];
    };
    /** @description Consecutive lines of a file. */
    ImportBatch: {
      /** @description Names the file by its content. */
      file: string;
      /**
       * Format: int64
       * @description Counted from 0.
       */
      first_line: number;
      lines: string[];
      /**
       * @description Graphs: each line also the other way round.
       * @default false
       */
      both_ways?: boolean;
    };
    /** @description What became of a batch. */
    ImportOutcome: {
      /** Format: int64 */
      added: number;
      /**
       * Format: int64
       * @description Follows that were there before.
       */
      known: number;
      skipped: components["schemas"]["SkippedLine"][];
    };
    /** @description How far a file was brought in. */
    ImportPosition: {
      /** Format: int64 */
      lines: number;
    };
    /** @description Every component. */
    InstallationState: {
      version: string;
      /** Format: date-time */
      started_at: string;
      components: components["schemas"]["ComponentState"][];
    };
    /** @description How far a consumer group is behind on a topic. */
    LagReport: {
      group: string;
      topic: string;
      /**
       * Format: int64
       * @description In records.
       */
      lag: number;
      /**
       * Format: date-time
       * @description When the oldest record came that is not processed; absent when there is none.
       */
      oldest_at?: string;
      /**
       * Format: int64
       * @description Since then. In ms.
       */
      age: number;
    };
    /** @description Every group and topic. */
    LagReports: {
      items: components["schemas"]["LagReport"][];
    };
    /** @description A place that a post is about. */
    Location: {
      name: string;
      /**
       * Format: double
       * @description In degrees.
       */
      lat: number;
      /**
       * Format: double
       * @description In degrees.
       */
      lng: number;
    };
    /** @description What has been read. */
    MarkRead: {
      /** @description The `id` of the newest notification that was seen; what came later stays unread. */
      up_to: string;
    };
    /** @description How to mute an account. */
    MuteAccount: {
      /**
       * Format: date-time
       * @description When it is heard again; left out: when it is unmuted.
       */
      expires_at?: string;
    };
    /** @description Somebody whom the reader does not want to hear. */
    MutedAccount: {
      account: components["schemas"]["Account"];
      /** Format: date-time */
      expires_at?: string;
    };
    /** @description A word or phrase that the reader does not want to read. */
    MutedWord: {
      /** @description Found whole, without regard to case and diacritics; a hashtag counts as its word. */
      word: string;
      /** Format: date-time */
      expires_at?: string;
    };
    /** @description What the reader does not want to read in home. */
    MutedWords: {
      words: components["schemas"]["MutedWord"][];
    };
    NewerCount: {
      /**
       * Format: int64
       * @description Counts up to 100.
       */
      count: number;
    };
    /** @description What one or more people did that concerns the reader. */
    Notification: {
      /** @description Its place in the inbox; grows when somebody joins. */
      id: string;
      /** @description Stays the same while people join: what comes again replaces what was there. */
      group: string;
      /** @enum {string} */
      type: "follow" | "request" | "like" | "share" | "comment" | "reply" | "mention" | "quote";
      /** @description The newest up to three, newest first. */
      actors: components["schemas"]["Author"][];
      /**
       * Format: int64
       * @description How many people there are altogether.
       */
      count: number;
      /** @description What was liked, shared or commented on; for mention and quote the post that mentions or quotes. */
      post?: components["schemas"]["Post"];
      /** @description The newest comment, when a comment is the reason. */
      comment_id?: string;
      read: boolean;
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      updated_at: string;
    };
    /** @description push: told at once and kept in the inbox; inbox: kept only; off: not made. */
    NotificationKinds: {
      /** @enum {string} */
      follow: "push" | "inbox" | "off";
      /** @enum {string} */
      request: "push" | "inbox" | "off";
      /** @enum {string} */
      like: "push" | "inbox" | "off";
      /** @enum {string} */
      share: "push" | "inbox" | "off";
      /** @enum {string} */
      comment: "push" | "inbox" | "off";
      /** @enum {string} */
      reply: "push" | "inbox" | "off";
      /** @enum {string} */
      mention: "push" | "inbox" | "off";
      /** @enum {string} */
      quote: "push" | "inbox" | "off";
    };
    /** @description What somebody wants to be told of, and when. */
    NotificationPreferences: {
      types: components["schemas"]["NotificationKinds"];
      /** @description Absent: none. */
      quiet_hours?: components["schemas"]["QuietHours"];
      /**
       * @description How often what is not read comes by mail: off, daily or weekly. To the account's address, once that is confirmed.
       * @default off
       * @enum {string}
       */
      email_digest?: "off" | "daily" | "weekly";
    };
    /** @description A part of a list. */
    PageOfAccount: {
      /** @description In the order of the list. */
      items: components["schemas"]["Account"][];
      /** @description The `cursor` of the part that follows; null at the end. */
      next: string | null;
    };
    /** @description A part of a list. */
    PageOfAuditEntry: {
      /** @description In the order of the list. */
      items: components["schemas"]["AuditEntry"][];
      /** @description The `cursor` of the part that follows; null at the end. */
      next: string | null;
    };
    /** @description A part of a list. */
    PageOfComment: {
      /** @description In the order of the list. */
      items: components["schemas"]["Comment"][];
      /** @description The `cursor` of the part that follows; null at the end. */
      next: string | null;
    };
    /** @description A part of a list. */
    PageOfDeadLetter: {
      /** @description In the order of the list. */
      items: components["schemas"]["DeadLetter"][];
      /** @description The `cursor` of the part that follows; null at the end. */
      next: string | null;
    };
    /** @description A part of a list. */
    PageOfDeletedPost: {
      /** @description In the order of the list. */
      items: components["schemas"]["DeletedPost"][];
      /** @description The `cursor` of the part that follows; null at the end. */
      next: string | null;
    };
    /** @description A part of a list. */
    PageOfHashtag: {
      /** @description In the order of the list. */
      items: components["schemas"]["Hashtag"][];
      /** @description The `cursor` of the part that follows; null at the end. */
      next: string | null;
    };
    /** @description A part of a list. */
    PageOfMutedAccount: {
      /** @description In the order of the list. */
      items: components["schemas"]["MutedAccount"][];
      /** @description The `cursor` of the part that follows; null at the end. */
      next: string | null;
    };
    /** @description A part of a list. */
    PageOfNotification: {
      /** @description In the order of the list. */
      items: components["schemas"]["Notification"][];
      /** @description The `cursor` of the part that follows; null at the end. */
      next: string | null;
    };
    /** @description A part of a list. */
    PageOfPost: {
      /** @description In the order of the list. */
      items: components["schemas"]["Post"][];
      /** @description The `cursor` of the part that follows; null at the end. */
      next: string | null;
    };
    /** @description A part of a list. */
    PageOfPostVersion: {
      /** @description In the order of the list. */
      items: components["schemas"]["PostVersion"][];
      /** @description The `cursor` of the part that follows; null at the end. */
      next: string | null;
    };
    /** @description A part of a list. */
    PageOfSessionInfo: {
      /** @description In the order of the list. */
      items: components["schemas"]["SessionInfo"][];
      /** @description The `cursor` of the part that follows; null at the end. */
      next: string | null;
    };
    /** @description A part of a list. */
    PageOfSuggestion: {
      /** @description In the order of the list. */
      items: components["schemas"]["Suggestion"][];
      /** @description The `cursor` of the part that follows; null at the end. */
      next: string | null;
    };
    /** @description A part of a topic. */
    PartitionReport: {
      /** Format: int64 */
      partition: number;
      /**
       * Format: int64
       * @description Offset of the oldest record kept.
       */
      begin: number;
      /**
       * Format: int64
       * @description Offset of the next record.
       */
      end: number;
      /**
       * Format: int64
       * @description In bytes.
       */
      bytes: number;
    };
    /** @description Something that a person said. */
    Post: {
      id: string;
      author: components["schemas"]["Author"];
      text: string;
      entities: components["schemas"]["PostEntity"][];
      /** @enum {string} */
      privacy: "public" | "friends" | "private";
      location: components["schemas"]["Location"] | null;
      media: string[];
      /** Format: date-time */
      created_at: string;
      /** Format: date-time */
      edited_at: string | null;
      quote?: components["schemas"]["QuotedPost"];
      /** @description In lists: who brought it here, when it was not its author. */
      shared_by?: components["schemas"]["SharedBy"];
      counts: components["schemas"]["PostCounts"];
      viewer: components["schemas"]["PostViewer"];
    };
    PostCounts: {
      /** Format: int64 */
      likes: number;
      /** Format: int64 */
      comments: number;
      /** Format: int64 */
      shares: number;
    };
    /** @description A mention, hashtag or link within a text. */
    PostEntity: {
      /** @enum {string} */
      type: "mention" | "hashtag" | "link";
      /**
       * Format: int64
       * @description In code points.
       */
      start: number;
      /**
       * Format: int64
       * @description In code points.
       */
      end: number;
      username?: string;
      /** @description Who had that name when the text was written. */
      account_id?: string;
      tag?: string;
      url?: string;
    };
    /** @description What a post says or said. */
    PostVersion: {
      /**
       * Format: int64
       * @description 1 is the first.
       */
      version: number;
      text: string;
      entities: components["schemas"]["PostEntity"][];
      location: components["schemas"]["Location"] | null;
      /** Format: date-time */
      written_at: string;
    };
    /** @description What the reader did with the post. */
    PostViewer: {
      liked: boolean;
      saved: boolean;
      shared: boolean;
    };
    /** @description Why a request failed (RFC 9457). */
    Problem: {
      /**
       * Format: uri-reference
       * @description Where the code is explained.
       */
      type: string;
      /** @description The status in words. */
      title: string;
      /**
       * Format: int32
       * @description The HTTP status.
       */
      status: number;
      /** @description For people: what went wrong and what to do. */
      detail: string;
      /** @description Stable, for programs. */
      code: string;
      /** @description Every member of the request that is wrong. */
      errors?: components["schemas"]["ProblemField"][];
      /** @description Quote it when you report the problem. */
      request_id: string;
    };
    /** @description One member of a request that is wrong. */
    ProblemField: {
      /** @description A JSON pointer into the body ("/location/lat"), or a parameter's name. */
      field: string;
      /** @description Stable, for programs: "required", "too_long". */
      code: string;
      /** @description For people: what would be right. */
      message: string;
    };
    /** @description What a browser subscribes with. */
    PushKey: {
      /** @description applicationServerKey of PushManager.subscribe(), in base64url. */
      public_key: string;
    };
    /** @description A browser's subscription as JSON.stringify() writes it. */
    PushSubscribe: {
      endpoint: string;
      keys: components["schemas"]["PushSubscriptionKeys"];
      /**
       * Format: double
       * @description Taken as browsers send it; the push service decides. In ms.
       */
      expirationTime?: number | null;
    };
    /** @description A browser that is told of notifications. */
    PushSubscription: {
      id: string;
      /** @description The origin of its push service. */
      service: string;
      /** Format: date-time */
      created_at: string;
      /** @description Whether it belongs to the session that asks. */
      current: boolean;
    };
    /** @description With which messages are encrypted. */
    PushSubscriptionKeys: {
      p256dh: string;
      auth: string;
    };
    /** @description Newest first. */
    PushSubscriptions: {
      items: components["schemas"]["PushSubscription"][];
    };
    /** @description When nothing is told at once; the inbox collects it meanwhile. */
    QuietHours: {
      start: string;
      /** @description The first minute that is not quiet; may lie on the next day. */
      end: string;
      /**
       * Format: int64
       * @description How far the person's clock is ahead of UTC. In minutes.
       * @default 0
       */
      utc_offset?: number;
    };
    /** @description A post that another one quotes. */
    QuotedPost: {
      id: string;
      /** @description true: it was deleted, or the reader may not see it; there is only its id. */
      unavailable?: boolean;
      author?: components["schemas"]["Author"];
      text?: string;
      entities?: components["schemas"]["PostEntity"][];
      /** @enum {string} */
      privacy?: "public" | "friends" | "private";
      location?: components["schemas"]["Location"] | null;
      media?: string[];
      /** Format: date-time */
      created_at?: string;
      /** Format: date-time */
      edited_at?: string | null;
      /** @description What it quotes itself. */
      quote_of?: string;
      counts?: components["schemas"]["PostCounts"];
      viewer?: components["schemas"]["PostViewer"];
    };
    /** @description What to make anew. */
    RebuildRequest: {
      /**
       * @description timelines: those that are present, from the authors' lists. counts: of people and posts, from what they count. search: the index of names.
       * @enum {string}
       */
      kind: "timelines" | "counts" | "search";
    };
    /** @description A refresh token, which can be used once. */
    RefreshSession: {
      /**
       * Format: password
       * @description May be absent only with `cookie`: then it is the cookie's.
       */
      refresh_token?: string;
      /**
       * @description For the server's own page: the refresh token is kept in a cookie that no script can read, and left out of the answer.
       * @default false
       */
      cookie?: boolean;
    };
    /** @description An event that was left out. */
    RejectedEvent: {
      /**
       * Format: int64
       * @description In the batch, from 0.
       */
      index: number;
      code: string;
      message: string;
    };
    /** @description Of the signed-in reader to an account. */
    Relationship: {
      /** @description The reader follows the account. */
      following: boolean;
      /** @description The reader asked to follow it. */
      requested: boolean;
      /** @description The account follows the reader. */
      followed_by: boolean;
      /** @description Each follows the other. */
      friend: boolean;
      blocking: boolean;
      muting: boolean;
    };
    /** @description How the reader and the account stand to each other now. */
    RelationshipAnswer: {
      relationship: components["schemas"]["Relationship"];
    };
    /** @description A backup or a rebuild, and how far it is. */
    Run: {
      id: string;
      kind: string;
      /** @enum {string} */
      state: "running" | "done" | "failed";
      /** @description What it does now. */
      phase: string;
      /** @description What is counted in this phase. */
      unit: string;
      /**
       * Format: int64
       * @description Of this phase.
       */
      done: number;
      /**
       * Format: int64
       * @description Of this phase.
       */
      total: number;
      /** Format: date-time */
      started_at: string;
      /** Format: date-time */
      ended_at?: string;
      error?: string;
      figures: {
        [key: string]: unknown;
      };
    };
    /** @description Since the last start, newest first. */
    Runs: {
      items: components["schemas"]["Run"][];
    };
    /** @description How the page came about. */
    Served: {
      /**
       * @description The lowest rung that was needed. ranked, latest: in that order; rebuilt: the timeline was not at hand and was made anew; partial: without the posts of celebrities.
       * @enum {string}
       */
      rung: "ranked" | "latest" | "rebuilt" | "partial";
      /** @description Sources that failed or missed the deadline. */
      late: string[];
    };
    /** @description What a program presents to act for a person. */
    Session: {
      /**
       * Format: password
       * @description For the Authorization header.
       */
      access_token: string;
      /**
       * Format: password
       * @description For one call of /v1/sessions/refresh. Absent where a cookie keeps it.
       */
      refresh_token?: string;
      token_type: string;
      /**
       * Format: int64
       * @description In s.
       */
      expires_in: number;
      account?: components["schemas"]["Account"];
    };
    /** @description Where somebody is signed in. */
    SessionInfo: {
      id: string;
      /**
       * Format: date-time
       * @description When they signed in.
       */
      created_at: string;
      /**
       * Format: date-time
       * @description To within some minutes.
       */
      last_used_at: string;
      /** @description From which they signed in or renewed their tokens last. */
      address: string;
      /** @description What their program calls itself. */
      user_agent: string;
      /** @description Whether it is the one that asks. */
      current: boolean;
    };
    /** @description What somebody chose for themselves. */
    Settings: {
      /** @description Of what is written to them, such as "pt-BR" (BCP 47). */
      language: string | null;
      /** @description In which their days begin, such as "Europe/Lisbon" (IANA). */
      time_zone: string | null;
      /** @description Whether the search for accounts finds them. */
      discoverable: boolean;
    };
    /** @description Shows a post to one's own followers. */
    SharePost: {
      /** @description What the one who shares says about it. */
      text?: string;
    };
    /** @description Who showed the post to their followers. */
    SharedBy: {
      id: string;
      username: string;
      display_name: string;
      avatar_url: string | null;
      verified: boolean;
      /** @description What they said about it. */
      text: string | null;
      /** Format: date-time */
      shared_at: string;
    };
    /** @description A user name and its password. */
    SignIn: {
      username: string;
      /** Format: password */
      password: string;
      /**
       * @description For the server's own page: the refresh token is kept in a cookie that no script can read, and left out of the answer.
       * @default false
       */
      cookie?: boolean;
    };
    /** @description A new account. */
    SignUp: {
      /** @description Unique without regard to case; kept in lower case. */
      username: string;
      /** Format: password */
      password: string;
      /** @description The name that people see. */
      display_name: string;
      /**
       * Format: email
       * @description Never shown to others. It counts when the link that is mailed to it was followed.
       */
      email?: string;
      /**
       * @description For the server's own page: the refresh token is kept in a cookie that no script can read, and left out of the answer.
       * @default false
       */
      cookie?: boolean;
    };
    /** @description A new account and its first session. */
    SignedUp: {
      account: components["schemas"]["Account"];
      session: components["schemas"]["Session"];
    };
    /** @description A line that was left out. */
    SkippedLine: {
      /** Format: int64 */
      line: number;
      reason: string;
    };
    /** @description Somebody whom the reader may want to follow. */
    Suggestion: {
      account: components["schemas"]["Account"];
      /**
       * Format: int64
       * @description How many of the people whom the reader follows follow it; of a part of them, when the reader follows very many.
       */
      mutual_count: number;
    };
    /** @description A topic of the event log. */
    TopicReport: {
      topic: string;
      /** Format: int64 */
      records: number;
      /** Format: int64 */
      bytes: number;
      /**
       * Format: int64
       * @description In ms.
       */
      retention_time: number;
      /**
       * Format: int64
       * @description In bytes.
       */
      retention_bytes: number;
      partitions: components["schemas"]["PartitionReport"][];
      groups: components["schemas"]["GroupReport"][];
    };
    /** @description Every topic. */
    TopicReports: {
      items: components["schemas"]["TopicReport"][];
    };
    /** @description How many notifications are not read. */
    UnreadCount: {
      /** Format: int64 */
      count: number;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  "get-well-known-jwks-json": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/jwk-set+json": unknown;
        };
      };
    };
  };
  "get-admin-claim": {
    parameters: {
      query: {
        code: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/html": unknown;
        };
      };
    };
  };
  "post-admin-claim": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "*/*": unknown;
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/html": unknown;
        };
      };
    };
  };
  "get-avatars-file": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        file: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The portrait. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "image/svg+xml": unknown;
        };
      };
    };
  };
  "get-docs": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The reference. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/html": unknown;
        };
      };
    };
  };
  "get-healthz": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Health"];
        };
      };
    };
  };
  "get-metrics": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/plain; version=0.0.4": unknown;
        };
      };
    };
  };
  "get-openapi-json": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description OpenAPI 3.1. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": unknown;
        };
      };
    };
  };
  "get-readyz": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Health"];
        };
      };
    };
  };
  "post-v1-accounts": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["SignUp"];
      };
    };
    responses: {
      /** @description Done. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SignedUp"];
        };
      };
    };
  };
  "get-v1-accounts-lookup": {
    parameters: {
      query: {
        username: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Account"];
        };
      };
    };
  };
  "get-v1-accounts-search": {
    parameters: {
      query: {
        /** @description Beginnings of a user name or of words of a display name; case and accents do not matter. */
        q: string;
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfAccount"];
        };
      };
    };
  };
  "get-v1-accounts-suggestions": {
    parameters: {
      query?: {
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfSuggestion"];
        };
      };
    };
  };
  "get-v1-accounts-id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Account"];
        };
      };
    };
  };
  "put-v1-accounts-id-block": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RelationshipAnswer"];
        };
      };
    };
  };
  "delete-v1-accounts-id-block": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RelationshipAnswer"];
        };
      };
    };
  };
  "put-v1-accounts-id-follow": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RelationshipAnswer"];
        };
      };
    };
  };
  "delete-v1-accounts-id-follow": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RelationshipAnswer"];
        };
      };
    };
  };
  "get-v1-accounts-id-followers": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfAccount"];
        };
      };
    };
  };
  "get-v1-accounts-id-following": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfAccount"];
        };
      };
    };
  };
  "put-v1-accounts-id-mute": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MuteAccount"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RelationshipAnswer"];
        };
      };
    };
  };
  "delete-v1-accounts-id-mute": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RelationshipAnswer"];
        };
      };
    };
  };
  "get-v1-accounts-id-posts": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfPost"];
        };
      };
    };
  };
  "put-v1-admin-accounts-id-verified": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "delete-v1-admin-accounts-id-verified": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "post-v1-admin-accounts-username-grant-admin": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path: {
        username: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "get-v1-admin-audit": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfAuditEntry"];
        };
      };
    };
  };
  "get-v1-admin-backups": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Runs"];
        };
      };
    };
  };
  "post-v1-admin-backups": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["BackupRequest"];
      };
    };
    responses: {
      /** @description Done. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Run"];
        };
      };
    };
  };
  "get-v1-admin-backups-id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Run"];
        };
      };
    };
  };
  "get-v1-admin-dead-letters": {
    parameters: {
      query: {
        topic: string;
        limit?: number;
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfDeadLetter"];
        };
      };
    };
  };
  "get-v1-admin-dead-letters-id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DeadLetter"];
        };
      };
    };
  };
  "delete-v1-admin-dead-letters-id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "post-v1-admin-dead-letters-id-replay": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "get-v1-admin-imports": {
    parameters: {
      query: {
        file: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ImportPosition"];
        };
      };
    };
  };
  "post-v1-admin-imports-graph": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ImportBatch"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ImportOutcome"];
        };
      };
    };
  };
  "post-v1-admin-imports-posts": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ImportBatch"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ImportOutcome"];
        };
      };
    };
  };
  "get-v1-admin-lag": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["LagReports"];
        };
      };
    };
  };
  "get-v1-admin-rebuilds": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Runs"];
        };
      };
    };
  };
  "post-v1-admin-rebuilds": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["RebuildRequest"];
      };
    };
    responses: {
      /** @description Done. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Run"];
        };
      };
    };
  };
  "get-v1-admin-rebuilds-id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Run"];
        };
      };
    };
  };
  "get-v1-admin-state": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["InstallationState"];
        };
      };
    };
  };
  "get-v1-admin-topics": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TopicReports"];
        };
      };
    };
  };
  "delete-v1-comments-id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "patch-v1-comments-id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["EditComment"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Comment"];
        };
      };
    };
  };
  "put-v1-comments-id-like": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Comment"];
        };
      };
    };
  };
  "delete-v1-comments-id-like": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Comment"];
        };
      };
    };
  };
  "get-v1-email-confirmation": {
    parameters: {
      query: {
        token: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/html": unknown;
        };
      };
    };
  };
  "post-v1-email-confirmation": {
    parameters: {
      query: {
        token: string;
      };
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "*/*": unknown;
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/html": unknown;
        };
      };
    };
  };
  "get-v1-email-unsubscribe": {
    parameters: {
      query: {
        token: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/html": unknown;
        };
      };
    };
  };
  "post-v1-email-unsubscribe": {
    parameters: {
      query: {
        token: string;
      };
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "*/*": unknown;
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/html": unknown;
        };
      };
    };
  };
  "post-v1-events": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["EventBatch"];
      };
    };
    responses: {
      /** @description Done. */
      202: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Collected"];
        };
      };
    };
  };
  "get-v1-feed": {
    parameters: {
      query?: {
        /** @description ranked: what matters most to the reader first, what was seen last, no author twice in a row; latest: strictly by time, newest first. */
        order?: "ranked" | "latest";
        /** @description Posts on the page. */
        limit?: number;
        /** @description The `next` of the page before. */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["FeedPage"];
        };
      };
    };
  };
  "get-v1-feed-newer": {
    parameters: {
      query: {
        /** @description The `newest` of that page. */
        since: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NewerCount"];
        };
      };
    };
  };
  "get-v1-follow-requests": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfAccount"];
        };
      };
    };
  };
  "put-v1-follow-requests-account_id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        account_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RelationshipAnswer"];
        };
      };
    };
  };
  "delete-v1-follow-requests-account_id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        account_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["RelationshipAnswer"];
        };
      };
    };
  };
  "get-v1-hashtags-search": {
    parameters: {
      query: {
        /** @description How they begin; case and accents do not matter. */
        q: string;
        limit?: number;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfHashtag"];
        };
      };
    };
  };
  "get-v1-hashtags-tag-posts": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path: {
        tag: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfPost"];
        };
      };
    };
  };
  "get-v1-me": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Account"];
        };
      };
    };
  };
  "delete-v1-me": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["EraseAccount"];
      };
    };
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "patch-v1-me": {
    parameters: {
      query?: never;
      header?: {
        /** @description Edit only what still has this ETag. */
        "If-Match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["EditProfile"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Account"];
        };
      };
    };
  };
  "get-v1-me-blocks": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfAccount"];
        };
      };
    };
  };
  "get-v1-me-deleted": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfDeletedPost"];
        };
      };
    };
  };
  "post-v1-me-email-confirmation": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "get-v1-me-export": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/zip": unknown;
        };
      };
    };
  };
  "get-v1-me-likes": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfPost"];
        };
      };
    };
  };
  "get-v1-me-mentions": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfPost"];
        };
      };
    };
  };
  "get-v1-me-muted-words": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MutedWords"];
        };
      };
    };
  };
  "put-v1-me-muted-words": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MutedWords"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MutedWords"];
        };
      };
    };
  };
  "delete-v1-me-muted-words": {
    parameters: {
      query?: {
        /** @description Left out: all of them. */
        word?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["MutedWords"];
        };
      };
    };
  };
  "get-v1-me-mutes": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfMutedAccount"];
        };
      };
    };
  };
  "get-v1-me-notification-preferences": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NotificationPreferences"];
        };
      };
    };
  };
  "put-v1-me-notification-preferences": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["NotificationPreferences"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NotificationPreferences"];
        };
      };
    };
  };
  "post-v1-me-password": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["ChangePassword"];
      };
    };
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "get-v1-me-push-subscriptions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PushSubscriptions"];
        };
      };
    };
  };
  "put-v1-me-push-subscriptions-current": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["PushSubscribe"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PushSubscription"];
        };
      };
    };
  };
  "delete-v1-me-push-subscriptions-current": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "delete-v1-me-push-subscriptions-id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "get-v1-me-saved": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfPost"];
        };
      };
    };
  };
  "get-v1-me-sessions": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfSessionInfo"];
        };
      };
    };
  };
  "delete-v1-me-sessions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "delete-v1-me-sessions-id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "get-v1-notifications": {
    parameters: {
      query?: {
        /** @description Only these, with commas between: follow, request, like, share, comment, reply, mention, quote. */
        types?: string;
        /** @description Only what is not read. */
        unread?: boolean;
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfNotification"];
        };
      };
    };
  };
  "post-v1-notifications-read": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["MarkRead"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["UnreadCount"];
        };
      };
    };
  };
  "get-v1-notifications-unread-count": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["UnreadCount"];
        };
      };
    };
  };
  "get-v1-posts": {
    parameters: {
      query: {
        /** @description Ids with commas between them; at most 100. */
        ids: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfPost"];
        };
      };
    };
  };
  "post-v1-posts": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["CreatePost"];
      };
    };
    responses: {
      /** @description Done. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Post"];
        };
      };
    };
  };
  "get-v1-posts-id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Post"];
        };
      };
    };
  };
  "delete-v1-posts-id": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "patch-v1-posts-id": {
    parameters: {
      query?: never;
      header?: {
        /** @description Edit only what still has this ETag. */
        "If-Match"?: string;
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["EditPost"];
      };
    };
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Post"];
        };
      };
    };
  };
  "get-v1-posts-id-comments": {
    parameters: {
      query?: {
        /** @description top: the most liked first. Its pages show the comments that existed when the first of them was read. */
        order?: "newest" | "oldest" | "top";
        /** @description The replies to this comment; without it, the comments that are no replies. */
        reply_to?: string;
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfComment"];
        };
      };
    };
  };
  "post-v1-posts-id-comments": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["CreateComment"];
      };
    };
    responses: {
      /** @description Done. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Comment"];
        };
      };
    };
  };
  "get-v1-posts-id-history": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfPostVersion"];
        };
      };
    };
  };
  "put-v1-posts-id-like": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Engagement"];
        };
      };
    };
  };
  "delete-v1-posts-id-like": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Engagement"];
        };
      };
    };
  };
  "get-v1-posts-id-likes": {
    parameters: {
      query?: {
        /** @description How many items at most. */
        limit?: number;
        /** @description `next` of the page before; absent for the first page. */
        cursor?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PageOfAccount"];
        };
      };
    };
  };
  "post-v1-posts-id-restore": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Post"];
        };
      };
    };
  };
  "put-v1-posts-id-save": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Engagement"];
        };
      };
    };
  };
  "delete-v1-posts-id-save": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Engagement"];
        };
      };
    };
  };
  "post-v1-posts-id-shares": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["SharePost"];
      };
    };
    responses: {
      /** @description It was shared already. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Post"];
        };
      };
      /** @description Done. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Post"];
        };
      };
    };
  };
  "delete-v1-posts-id-shares-mine": {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "get-v1-push-key": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PushKey"];
        };
      };
    };
  };
  "post-v1-sessions": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["SignIn"];
      };
    };
    responses: {
      /** @description Done. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Session"];
        };
      };
    };
  };
  "delete-v1-sessions-current": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  "post-v1-sessions-refresh": {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes repeating the request harmless for 24 hours. */
        "Idempotency-Key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["RefreshSession"];
      };
    };
    responses: {
      /** @description Done. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Session"];
        };
      };
    };
  };
  "get-v1-stream": {
    parameters: {
      query?: {
        /** @description Posts whose counts to tell of, with commas between. A WebSocket may say it later, and anew. */
        posts?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description WebSocket. */
      101: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description Server-Sent Events. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/event-stream": unknown;
        };
      };
    };
  };
}
