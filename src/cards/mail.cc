// SPDX-License-Identifier: MIT
#include "src/cards/mail.h"

#include <fmt/format.h>
#include <gmime/gmime.h>

#include <memory>

#include "calando/error.h"
#include "src/cards/daily.h"
#include "src/cards/mail_parts.h"
#include "src/cards/raster.h"
#include "src/plot/svg.h"

namespace calando::cards {
namespace {

constexpr int kPictureWidth = 1120;  // twice what is shown, for fine screens

template <class T>
struct Unreference {
  void operator()(T* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unreference<T>>;

Owned<GMimePart> part_of(std::string_view content, const char* type, const char* subtype,
                         GMimeContentEncoding encoding) {
  Owned<GMimePart> part(g_mime_part_new_with_type(type, subtype));
  Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(content.data(), content.size()));
  Owned<GMimeDataWrapper> wrapper(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(part.get(), wrapper.get());
  g_mime_part_set_content_encoding(part.get(), encoding);
  return part;
}

Owned<GMimePart> text_part(const std::string& text, const char* subtype) {
  Owned<GMimePart> part = part_of(text, "text", subtype, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  g_mime_object_set_content_type_parameter(GMIME_OBJECT(part.get()), "charset", "utf-8");
  return part;
}

void add(GMimeMultipart* to, GMimeObject* part) { g_mime_multipart_add(to, part); }

/// A boundary that follows from the day, so that the same mail has the same bytes.
Owned<GMimeMultipart> multipart(const char* subtype, const DailyMail& mail) {
  Owned<GMimeMultipart> parts(g_mime_multipart_new_with_subtype(subtype));
  g_mime_multipart_set_boundary(parts.get(),
                                fmt::format("calando-{}-{}", subtype, day_text(mail.day)).c_str());
  return parts;
}

Owned<GMimeMultipart> page_with_pictures(const DailyMail& mail) {
  Owned<GMimeMultipart> related = multipart("related", mail);
  add(related.get(), GMIME_OBJECT(text_part(mail_html(mail), "html").get()));
  for (std::size_t i = 0; i < mail.cards.size(); ++i) {
    if (mail.cards[i].pictures.empty()) continue;
    const std::string png =
        png_of_svg(plot::to_svg(mail.cards[i].pictures[0], {.width = 560, .height = 340}), kPictureWidth);
    const Owned<GMimePart> picture = part_of(png, "image", "png", GMIME_CONTENT_ENCODING_BASE64);
    g_mime_part_set_content_id(picture.get(), fmt::format("picture{}", i + 1).c_str());
    g_mime_part_set_filename(picture.get(), fmt::format("{}.png", mail.cards[i].card->id).c_str());
    g_mime_object_set_disposition(GMIME_OBJECT(picture.get()), GMIME_DISPOSITION_INLINE);
    add(related.get(), GMIME_OBJECT(picture.get()));
  }
  return related;
}

/// Exactly one mailbox, with an @: nothing else goes into a header.
void set_address(GMimeMessage* message, GMimeAddressType type, const std::string& address,
                 std::string_view option) {
  const Owned<InternetAddressList> list(internet_address_list_parse(nullptr, address.c_str()));
  const bool control = address.find_first_of("\r\n") != std::string::npos;
  const bool one = list && !control && internet_address_list_length(list.get()) == 1;
  InternetAddress* first = one ? internet_address_list_get_address(list.get(), 0) : nullptr;
  const char* mailbox = first != nullptr && INTERNET_ADDRESS_IS_MAILBOX(first)
                            ? internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(first))
                            : nullptr;
  if (mailbox == nullptr || std::string_view(mailbox).find('@') == std::string_view::npos) {
    throw UsageError(
        fmt::format("{} \"{}\", expected one address such as anna@example.org", option, address));
  }
  internet_address_list_append(g_mime_message_get_addresses(message, type), list.get());
}

std::string bytes_of(GMimeMessage* message) {
  char* text = g_mime_object_to_string(GMIME_OBJECT(message), nullptr);
  std::string bytes = text;
  g_free(text);
  return bytes;
}

}  // namespace

std::string compose(const DailyMail& mail) {
  static const bool kStarted = (g_mime_init(), true);
  (void)kStarted;
  const Owned<GMimeMessage> message(g_mime_message_new(TRUE));
  set_address(message.get(), GMIME_ADDRESS_TYPE_FROM, mail.from, "--from");
  set_address(message.get(), GMIME_ADDRESS_TYPE_TO, mail.to, "--to");
  g_mime_message_set_subject(message.get(), subject_of(mail).c_str(), "utf-8");
  const auto seconds = std::chrono::seconds(mail.day.time_since_epoch()).count();
  GDateTime* date = g_date_time_new_from_unix_utc(seconds);
  g_mime_message_set_date(message.get(), date);
  g_date_time_unref(date);
  g_mime_message_set_message_id(message.get(),
                                fmt::format("cards-{}@calando.invalid", day_text(mail.day)).c_str());
  const Owned<GMimeMultipart> alternative = multipart("alternative", mail);
  add(alternative.get(), GMIME_OBJECT(text_part(mail_text(mail), "plain").get()));
  add(alternative.get(), GMIME_OBJECT(page_with_pictures(mail).get()));
  g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(alternative.get()));
  return bytes_of(message.get());
}

}  // namespace calando::cards
